import { MAX_SURPRISE } from "../program/AttributionOp.js";
import type { Op } from "../program/Op.js";
import { assertBound } from "./arithmetic.js";
import type { Kernel, Site } from "./Kernel.js";

type Surprise = Op & { kind: "surprise" };

/** Twice 127 of it, and one more, stay below 2^53. */
const MASS_LIMIT = 2 ** 45;

export function surprise(op: Surprise, site: Site): Kernel {
  const logits = site.row(op.logits) as Int32Array;
  return () => {
    const token = site.following();
    if (token === undefined) return 0;
    const top = highest(logits);
    const weights = Array.from(logits, (logit) => surpriseWeight(op, site, top, logit));
    return surpriseOf(mass(weights), weights[token]!);
  };
}

export function highest(logits: ArrayLike<number>): number {
  let top = logits[0]!;
  for (let i = 1; i < logits.length; i++) top = Math.max(top, logits[i]!);
  return top;
}

/** e of a logit; 0 beyond the table. */
export function surpriseWeight(op: Surprise, site: Site, top: number, logit: number): number {
  const { data } = site.table(op.table, "integers");
  const point = surprisePoint(op.gridBits, top, logit);
  return point < data.length ? data[point]! : 0;
}

/** Point of the grid, counted down from the greatest logit: a half goes to the lighter side. */
export function surprisePoint(gridBits: number, top: number, logit: number): number {
  const distance = top - logit;
  assertBound(distance >= 0 && distance <= 2 ** 24, "a logit is up to 2^24 below the greatest", distance);
  return Math.floor(distance / 2 ** (12 - gridBits) + 0.5);
}

export function mass(weights: Iterable<number>): number {
  let sum = 0;
  for (const weight of weights) sum += weight;
  assertBound(Number.isInteger(sum) && sum >= 0 && sum < MASS_LIMIT, "a sum of weights is below 2^45", sum);
  return sum;
}

/** ⌊127 · (1 − p) + ½⌋ of p = weight/sum. */
export function surpriseOf(sum: number, weight: number): number {
  assertBound(sum > 0, "a sum of weights is positive", sum);
  assertBound(weight <= sum, "a weight is at most the sum of all", weight);
  return Math.floor((MAX_SURPRISE * (sum - weight) * 2 + sum) / (2 * sum));
}
