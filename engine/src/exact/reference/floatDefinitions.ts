import { exactSum, SUM_REACH } from "./arithmetic.js";
import { exponentPoint, greatest, mixed, scoreOf, total } from "./attention.js";
import type { Definitions } from "./Definitions.js";
import { kernelOf } from "./kernelOf.js";
import { joinDigits, scaleOutput } from "./linear.js";
import { squaresOf } from "./norm.js";
import { sigmoidPoint } from "./pointwise.js";
import { greatestMagnitude, scaleOf } from "./quantize.js";

/** One correctly rounded binary32 operation after another: `Op`. */
export const floatDefinitions: Definitions = {
  kernel: kernelOf,
  sumReach: SUM_REACH,
  reduction(op) {
    const summed = { again: total, finish: (_: unknown, __: number, reduced: number) => exactSum(reduced) };
    switch (op.kind) {
      case "rowScale": {
        const max = (row: ArrayLike<number>) => greatestMagnitude(row as Float32Array);
        return { x: op.x, first: max, again: max, finish: (site, g, magnitude) => scaleOf(op, site, g, magnitude) };
      }
      case "scoreMax": {
        const max = (row: ArrayLike<number>) => greatest(row as Float32Array);
        return { x: op.scores, first: max, again: max, finish: (_, __, reduced) => reduced };
      }
      case "sumSquares":
        return { x: op.q, first: (row) => squaresOf(row as Int8Array), ...summed };
      case "sum":
        return { x: op.x, first: total, ...summed };
    }
  },
  linear(op, site, n, sums) {
    const { scales } = site.table(op.weights, "matrix");
    return scaleOutput(op, site, n, joinDigits(sums, op.q.length, sums.length / op.q.length, scales[n]!));
  },
  score: scoreOf,
  mixed,
  exponentPoint: (op, score, max) => exponentPoint(op.gridBits, max, score),
  sigmoidPoint: (op, points, x) => sigmoidPoint(op.gridBits, points, x),
};
