import type { Op, ValueId } from "../program/Op.js";
import type { Program } from "../program/Program.js";
import { exactSum } from "../reference/arithmetic.js";
import { greatest, total } from "../reference/attention.js";
import { squaresOf } from "../reference/norm.js";
import { greatestMagnitude, scaleOf } from "../reference/quantize.js";
import type { ElementType, Row } from "../reference/Row.js";
import { lengthAt, shapesOf } from "../reference/shapes.js";
import { rowSite } from "./rowSite.js";
import { mostTouched, perLeaf, type Span, type Stage } from "./Stage.js";
import { rowSpan, stageSpan, tableSpan } from "./spans.js";

export type ReduceOp = Extract<Op, { kind: "rowScale" | "sumSquares" | "scoreMax" | "sum" }>;

/** Six leaves' worth of elements lie in seven leaves at most, which leaves one of a step's eight for a table's. */
export const REACH_LEAVES = 6;

interface Reduction {
  readonly x: ValueId;
  /** Of partial results. */
  readonly type: ElementType;
  readonly first: (elements: Row) => number;
  readonly again: (partials: Row) => number;
}

function reductionOf(op: ReduceOp): Reduction {
  switch (op.kind) {
    case "rowScale": {
      const max = (row: Row) => greatestMagnitude(row as Float32Array);
      return { x: op.x, type: "f32", first: max, again: max };
    }
    case "scoreMax": {
      const max = (row: Row) => greatest(row as Float32Array);
      return { x: op.scores, type: "f32", first: max, again: max };
    }
    case "sumSquares":
      return { x: op.q, type: "i32", first: (row) => squaresOf(row as Int8Array), again: total };
    case "sum":
      return { x: op.x, type: "i32", first: total, again: total };
  }
}

/**
 * Maxima and sums of groups. A group of six leaves' worth of elements at most is reduced at once; of longer ones `partials`
 * [groups, ⌈size / six leaves' worth⌉], partial results of the op's own kind, over and over until what is left is as short.
 */
export function reduceStages(program: Program, index: ValueId, op: ReduceOp, position: number): Stage[] {
  const { x, type, first, again } = reductionOf(op);
  const shapes = shapesOf(program);
  const groups = lengthAt(shapes[index]!, position);
  const stages: Stage[] = [];
  let run = { type: shapes[x]!.type, size: lengthAt(shapes[x]!, position) / groups, fold: first };

  /** Elements `at` to `at + count` of group g of the row below. */
  const spanOf = (below: number, size: number) => (g: number, at: number, count: number) =>
    below < 0 ? rowSpan(x, position, g * size + at, count) : stageSpan(index, position, below, g * size + at, count);

  while (run.size > reach(run.type)) {
    const { size, fold } = run;
    const span = spanOf(stages.length - 1, size);
    const chunk = reach(run.type);
    const count = Math.ceil(size / chunk);
    stages.push({
      name: "partials",
      type,
      length: groups * count,
      mostLeaves: mostTouched(run.type, chunk),
      step(element) {
        const at = chunk * (element % count);
        const reads = [span(Math.floor(element / count), at, Math.min(chunk, size - at))];
        return { reads, compute: ([row]) => fold(row!) };
      },
    });
    run = { type, size: count, fold: again };
  }

  const { size, fold } = run;
  const span = spanOf(stages.length - 1, size);
  const limits = op.kind === "rowScale" && op.limit !== undefined ? op.limit : undefined;
  stages.push({
    name: "row",
    type: shapes[index]!.type,
    length: groups,
    mostLeaves: mostTouched(run.type, size) + (limits === undefined ? 0 : 1),
    step(g) {
      const reads: Span[] = [span(g, 0, size)];
      if (limits !== undefined) reads.push(tableSpan(limits, "data", 0, g));
      return { reads, compute: ([row]) => finish(program, op, position, g, fold(row!)) };
    },
  });
  return stages;
}

function reach(type: ElementType): number {
  return REACH_LEAVES * perLeaf(type);
}

function finish(program: Program, op: ReduceOp, position: number, g: number, reduced: number): number {
  if (op.kind === "rowScale") return scaleOf(op, rowSite(program, position, [], []), g, reduced);
  return op.kind === "scoreMax" ? reduced : exactSum(reduced);
}
