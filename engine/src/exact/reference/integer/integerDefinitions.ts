import type { IntegerOp } from "../../program/IntegerOp.js";
import type { Definitions } from "../Definitions.js";
import type { Row } from "../Row.js";
import { INTEGER_SUM_REACH, integerSum } from "./arithmetic.js";
import { exponentPoint, greatest, mixed, scoreOf, total } from "./attention.js";
import { integerKernelOf } from "./integerKernelOf.js";
import { outputOf } from "./linear.js";
import { squaresOf } from "./norm.js";
import { sigmoidPoint } from "./pointwise.js";
import { greatestMagnitude, guarded } from "./quantize.js";

/** Integers multiplied, shifted and divided: `IntegerOp`. Operations are of programs whose shapes are known to fit. */
export const integerDefinitions: Definitions = {
  kernel: integerKernelOf,
  sumReach: INTEGER_SUM_REACH,
  reduction(op) {
    const summed = { again: total, finish: (_: unknown, __: number, reduced: number) => integerSum(reduced) };
    switch (op.kind) {
      case "rowScale": {
        const finish = (_: unknown, __: number, reduced: number) => guarded(reduced);
        return { x: op.x, first: greatestMagnitude, again: greatestMagnitude, finish };
      }
      case "scoreMax":
        return { x: op.scores, first: greatest, again: greatest, finish: (_, __, reduced) => reduced };
      case "sumSquares":
        return { x: op.q, first: (row: Row) => squaresOf(row), ...summed };
      case "sum":
        return { x: op.x, first: total, ...summed };
    }
  },
  linear: (op, site, n, sums) => outputOf(op as IntegerOp<"linear">, site, n, sums),
  score: (op, site, element, sums) => scoreOf(op as IntegerOp<"scores">, site, element, sums),
  mixed: (op, site, element, sums) => mixed(op as IntegerOp<"mix">, site, element, sums),
  exponentPoint: (_, score, max) => exponentPoint(score, max),
  sigmoidPoint: (op, points, x) => sigmoidPoint((op as IntegerOp<"sigmoid">).shift, points, x),
};
