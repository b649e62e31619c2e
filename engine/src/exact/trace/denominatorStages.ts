import { KERNEL_WHOLE } from "../program/AttributionOp.js";
import type { Op, ValueId } from "../program/Op.js";
import type { Program } from "../program/Program.js";
import { digitOf, joined, wide } from "../reference/credit.js";
import type { Row } from "../reference/Row.js";
import { lengthAt, shapesOf } from "../reference/shapes.js";
import { mostTouched, type RowSpan, type Stage } from "./Stage.js";
import { rowSpan, stageSpan } from "./spans.js";
import { REACH } from "./surpriseStages.js";

/**
 * `sums` i32 [runs, 2], both digits of the sum of 1,536 elements, then of 768 sums, until what is left of them is as few;
 * the row.
 */
export function denominatorStages(
  program: Program,
  index: ValueId,
  op: Op & { kind: "denominator" },
  position: number,
): Stage[] {
  const stages: Stage[] = [];
  let count = lengthAt(shapesOf(program)[op.sums]!, position);
  let below = (from: number, length: number): RowSpan => rowSpan(op.sums, position, from, length);
  let add = wide as (row: Row) => number;
  while (count > REACH) {
    const [read, sum, summed, stage] = [below, add, count, stages.length];
    count = 2 * Math.ceil(summed / REACH);
    stages.push({
      name: "sums",
      type: "i32",
      length: count,
      mostLeaves: mostTouched("i32", REACH),
      step(element) {
        const from = REACH * Math.floor(element / 2);
        const reads = [read(from, Math.min(REACH, summed - from))];
        return { reads, compute: ([row]) => digitOf(sum(row!), element % 2) };
      },
    });
    below = (from, length) => stageSpan(index, position, stage, from, length);
    add = addDigits;
  }
  const [reads, sum] = [[below(0, count)], add];
  if (op.before !== undefined) reads.push(rowSpan(op.before, position, 0, 2));
  stages.push({
    name: "row",
    type: "i32",
    length: 2,
    mostLeaves: mostTouched("i32", count) + reads.length - 1,
    step: (digit) => ({
      reads,
      compute: ([sums, before]) =>
        digitOf(wide([before === undefined ? KERNEL_WHOLE : joined(before), sum(sums!)]), digit),
    }),
  });
  return stages;
}

function addDigits(sums: Row): number {
  return wide(Array.from({ length: sums.length / 2 }, (_, i) => joined(sums.subarray(2 * i, 2 * i + 2))));
}
