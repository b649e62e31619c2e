import { SamplingError } from "./SamplingError.js";

/**
 * Logits after the repetition penalty r / 1000: of tokens seen, positive ones become `floor(L · 1000 / r)`, negative
 * ones `floor(L · r / 1000)`, both toward minus infinity, once however often the token was seen.
 *
 * Bounds: 100 ≤ r ≤ 10,000 and |L| ≤ 2^23, so products are below 2^37 and results within ±10 · 2^23, in 32 bits.
 *
 * @param logits `[vocabulary]`; not changed
 * @param seen Tokens of prompt and answer so far, not the end-of-text that the runtime puts before them
 * @returns `logits` itself where nothing changes
 * @throws SamplingError `parameter_out_of_range` for a token beyond the vocabulary
 */
export function penalize(logits: Int32Array, penaltyMilli: number, seen: ReadonlySet<number>): Int32Array {
  if (penaltyMilli === 1000) return logits;
  const lowered = logits.slice();
  for (const token of seen) {
    const logit = logits[token];
    if (logit === undefined) {
      const found = `seen holds token ${token}, the logits are of ${logits.length} tokens`;
      throw new SamplingError("parameter_out_of_range", "seen", found);
    }
    lowered[token] = logit > 0 ? Math.floor((logit * 1000) / penaltyMilli) : Math.floor((logit * penaltyMilli) / 1000);
  }
  return lowered;
}
