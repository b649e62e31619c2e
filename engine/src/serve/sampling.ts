import { createHash } from "node:crypto";

export interface SamplingRule {
  /** Thousandths; 0 takes the most likely token, by lowest index where several are. */
  readonly temperatureMilli: number;
  /** Only the k most likely tokens may be drawn; 0 for all. */
  readonly topK: number;
  /** Thousandths; only the fewest most likely tokens whose probabilities reach this may be drawn; 1000 for all. */
  readonly topPMilli: number;
  /** 32 bytes. */
  readonly seed: Uint8Array;
}

/**
 * Draws the token at a position of an answer. A function of logits, rule and position alone: no state, float64
 * throughout, ties broken by the lowest index.
 *
 * @param logits `[vocabulary]`
 * @param position 0 for the first token of the answer
 */
export function sampleToken(logits: Float32Array, rule: SamplingRule, position: number): number {
  if (rule.temperatureMilli === 0) return mostLikely(logits);

  const temperature = rule.temperatureMilli / 1000;
  const highest = logits[mostLikely(logits)]!;
  const weights = Float64Array.from(logits, (logit) => Math.exp((logit - highest) / temperature));
  const order = Uint32Array.from(weights.keys()).sort((a, b) => weights[b]! - weights[a]! || a - b);
  const kept = rule.topK === 0 ? order : order.subarray(0, rule.topK);

  const total = kept.reduce((sum, token) => sum + weights[token]!, 0);
  let count = kept.length;
  let mass = total;
  if (rule.topPMilli < 1000) {
    const enough = (total * rule.topPMilli) / 1000;
    mass = 0;
    for (count = 0; count < kept.length && (count === 0 || mass < enough); count++) mass += weights[kept[count]!]!;
  }

  const point = uniform(rule.seed, position) * mass;
  let passed = 0;
  for (let i = 0; i < count; i++) {
    passed += weights[kept[i]!]!;
    if (point < passed) return kept[i]!;
  }
  return kept[count - 1]!;
}

/** Index of the largest value, the lowest of several. */
export function mostLikely(logits: Float32Array): number {
  let best = 0;
  for (let i = 1; i < logits.length; i++) if (logits[i]! > logits[best]!) best = i;
  return best;
}

/** Uniform in [0, 1) with 53 bits: the first of SHA-256(seed ‖ uint64 position). */
export function uniform(seed: Uint8Array, position: number): number {
  const block = Buffer.alloc(8);
  block.writeBigUInt64BE(BigInt(position));
  const digest = createHash("sha256").update(seed).update(block).digest();
  return Number(digest.readBigUInt64BE() >> 11n) / 2 ** 53;
}
