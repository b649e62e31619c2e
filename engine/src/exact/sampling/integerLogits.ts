import { SamplingError } from "./SamplingError.js";

/** Logits are counted in 2^-12 nats. */
export const LOGIT_ONE = 4096;
/** Greatest magnitude of an integer logit: 2,048 nats. */
export const LOGIT_LIMIT = 2 ** 23;

/** Integer logits of integers that count 2^-12 nats: clamped to ±2^23. */
export function clampLogits(logits: Int32Array): Int32Array {
  return logits.map((logit) => Math.max(-LOGIT_LIMIT, Math.min(LOGIT_LIMIT, logit)));
}

/** Added and subtracted, it rounds a double below 2^51 to the integer, half to even. */
const ROUNDER = 1.5 * 2 ** 52;

/**
 * Integer logits: `round-half-even(y · 2^12)`, clamped to ±2^23. Exact: `y · 2^12` of a binary32 is a double, and
 * clamping to an integer commutes with rounding.
 *
 * @param logits `[vocabulary]`; infinities are clamped
 * @throws SamplingError `logits_malformed` at NaN, which has no order
 */
export function integerLogits(logits: Float32Array): Int32Array {
  const integers = new Int32Array(logits.length);
  for (let token = 0; token < logits.length; token++) {
    const scaled = logits[token]! * LOGIT_ONE;
    if (scaled >= LOGIT_LIMIT) integers[token] = LOGIT_LIMIT;
    else if (scaled > -LOGIT_LIMIT) integers[token] = scaled + ROUNDER - ROUNDER;
    else if (scaled <= -LOGIT_LIMIT) integers[token] = -LOGIT_LIMIT;
    else throw new SamplingError("logits_malformed", "logits", `the logit of token ${token} is NaN`);
  }
  return integers;
}
