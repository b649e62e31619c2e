import type { ValueId } from "../program/Op.js";
import { accumulator } from "../reference/arithmetic.js";
import { STEP_LEAVES, type Stage } from "./Stage.js";
import { stageSpan } from "./spans.js";

/**
 * Integer partial sums `[count, width]`, added eight at a time until an element of the final row can read what is left of
 * its sums beside its other inputs.
 *
 * @param stages those before, the partial sums last; more are pushed.
 * @param each sums that a final element has (one for each pair of digits), and how many leaves it reads besides.
 * @returns how many partial sums of each are left, in the last stage.
 */
export function pushSums(
  stages: Stage[],
  op: ValueId,
  position: number,
  partials: { readonly count: number; readonly width: number },
  each: { readonly sums: number; readonly besides: number },
): number {
  const { width } = partials;
  let { count } = partials;
  while (count * each.sums + each.besides > STEP_LEAVES) {
    const below = stages.length - 1;
    const summed = count;
    count = Math.ceil(summed / STEP_LEAVES);
    stages.push({
      name: "sums",
      type: "i32",
      length: count * width,
      mostLeaves: Math.min(summed, STEP_LEAVES),
      step(element) {
        const first = STEP_LEAVES * Math.floor(element / width);
        const last = Math.min(first + STEP_LEAVES, summed);
        const at = (partial: number) => stageSpan(op, position, below, partial * width + (element % width));
        return {
          reads: Array.from({ length: last - first }, (_, i) => at(first + i)),
          compute: (rows) => accumulator(rows.reduce((sum, row) => sum + row[0]!, 0)),
        };
      },
    });
  }
  return count;
}
