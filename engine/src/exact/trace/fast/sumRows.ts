import { BoundViolation } from "../../reference/arithmetic.js";
import type { Row } from "../../reference/Row.js";
import { STEP_LEAVES } from "../Stage.js";

/**
 * Adds partial sums `[count, width]`, the last of `stages`, eight at a time while a final element would read too many:
 * `pushSums` at speed.
 */
export function appendSums(
  stages: Row[],
  partials: { readonly count: number; readonly width: number },
  each: { readonly sums: number; readonly besides: number },
): void {
  const { width } = partials;
  let { count } = partials;
  while (count * each.sums + each.besides > STEP_LEAVES) {
    const below = stages.at(-1) as Int32Array;
    const summed = count;
    count = Math.ceil(summed / STEP_LEAVES);
    const sums = new Int32Array(count * width);
    for (let partial = 0; partial < summed; partial++) {
      const to = Math.floor(partial / STEP_LEAVES) * width;
      const from = partial * width;
      for (let i = 0; i < width; i++) {
        const sum = sums[to + i]! + below[from + i]!;
        if (sum >= 2 ** 31 || sum <= -(2 ** 31))
          throw new BoundViolation("an accumulator is an integer below 2^31", sum);
        sums[to + i] = sum;
      }
    }
    stages.push(sums);
  }
}
