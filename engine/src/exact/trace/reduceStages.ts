import type { ValueId } from "../program/Op.js";
import type { Program } from "../program/Program.js";
import { definitionsOf, type ReduceOp } from "../reference/Definitions.js";
import type { ElementType } from "../reference/Row.js";
import { lengthAt, shapesOf } from "../reference/shapes.js";
import { rowSite } from "./rowSite.js";
import { mostTouched, perLeaf, type Span, type Stage } from "./Stage.js";
import { rowSpan, stageSpan, tableSpan } from "./spans.js";

/** Six leaves' worth of elements lie in seven leaves at most, which leaves one of a step's eight for a table's. */
export const REACH_LEAVES = 6;

/**
 * Maxima and sums of groups. A group of six leaves' worth of elements at most is reduced at once; of longer ones `partials`
 * [groups, ⌈size / six leaves' worth⌉], partial results of the op's own kind, over and over until what is left is as short.
 */
export function reduceStages(program: Program, index: ValueId, op: ReduceOp, position: number): Stage[] {
  const { x, first, again, finish } = definitionsOf(program).reduction(op);
  const shapes = shapesOf(program);
  // A partial result is of the final one's type.
  const { type } = shapes[index]!;
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
    type,
    length: groups,
    mostLeaves: mostTouched(run.type, size) + (limits === undefined ? 0 : 1),
    step(g) {
      const reads: Span[] = [span(g, 0, size)];
      if (limits !== undefined) reads.push(tableSpan(limits, "data", 0, g));
      return { reads, compute: ([row]) => finish(rowSite(program, position, [], []), g, fold(row!)) };
    },
  });
  return stages;
}

function reach(type: ElementType): number {
  return REACH_LEAVES * perLeaf(type);
}
