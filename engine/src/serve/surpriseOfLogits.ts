import { MAX_SURPRISE } from "../attribute/codes.js";
import { weightOf } from "../exact/sampling/weightOf.js";

/** floor(127 · (1 − p) + ½), p the token's part of the weights at temperature 1. */
export function surpriseOfLogits(logits: Int32Array, token: number): number {
  let top = logits[0]!;
  for (const logit of logits) if (logit > top) top = logit;
  let total = 0;
  for (const logit of logits) total += weightOf(top - logit, 1000);
  const rest = BigInt(total - weightOf(top - logits[token]!, 1000));
  const sum = BigInt(total);
  return Number((2n * BigInt(MAX_SURPRISE) * rest + sum) / (2n * sum));
}
