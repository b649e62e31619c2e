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
  const weights = new Float64Array(logits.length);
  for (let token = 0; token < logits.length; token++)
    weights[token] = Math.exp((logits[token]! - highest) / temperature);
  const candidates = rank(weights, rule);
  const point = uniform(rule.seed, position) * sumOf(candidates, weights);
  let passed = 0;
  for (const token of candidates) {
    passed += weights[token]!;
    if (point < passed) return token;
  }
  return candidates[candidates.length - 1]!;
}

/** The tokens that may be drawn: all in order of index without a cut, else the most likely first. */
function rank(weights: Float64Array, { topK, topPMilli }: SamplingRule): Uint32Array {
  if (topK === 0 && topPMilli === 1000) return Uint32Array.from(weights.keys());

  const ranked = topK === 0 ? leading(weights, Infinity, topPMilli) : leading(weights, topK, 1000).subarray(0, topK);
  if (topPMilli === 1000) return ranked;
  const enough = ((topK === 0 ? total(weights) : sumOf(ranked, weights)) * topPMilli) / 1000;
  let mass = 0;
  let count = 0;
  while (count < ranked.length && (count === 0 || mass < enough)) mass += weights[ranked[count++]!]!;
  return ranked.subarray(0, count);
}

/**
 * The most likely tokens in order, at least `count` of them or enough for the nucleus: sorting a whole vocabulary
 * would take longer than the model's pass. Weights are relative to the largest, 1.
 */
function leading(weights: Float64Array, count: number, topPMilli: number): Uint32Array {
  // A little more than is asked, since sums in another order round otherwise.
  const enough = topPMilli === 1000 ? 0 : total(weights) * Math.min(1, topPMilli / 1000 + 1e-9);
  const wanted = Math.min(count, weights.length);
  for (let least = 2 ** -4; least > 2 ** -200; least *= 2 ** -4) {
    const found: number[] = [];
    let mass = 0;
    for (let token = 0; token < weights.length; token++) {
      if (weights[token]! < least) continue;
      found.push(token);
      mass += weights[token]!;
    }
    const reached = topPMilli === 1000 ? found.length >= wanted : mass >= enough;
    if (reached || found.length === weights.length) return sorted(found, weights);
  }
  return sorted([...weights.keys()], weights);
}

function sorted(tokens: readonly number[], weights: Float64Array): Uint32Array {
  return Uint32Array.from(tokens).sort((a, b) => weights[b]! - weights[a]! || a - b);
}

function total(weights: Float64Array): number {
  let sum = 0;
  for (let token = 0; token < weights.length; token++) sum += weights[token]!;
  return sum;
}

function sumOf(tokens: Uint32Array, weights: Float64Array): number {
  return tokens.reduce((sum, token) => sum + weights[token]!, 0);
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
