/**
 * The token at a position of an answer: a function of integer logits, rule, position and the tokens seen, the same on
 * every machine and in the EVM. `referenceSample` is the definition; this is it, fast.
 *
 * ORDER. Repetition penalty, temperature, top-k, top-p over what top-k left, draw. The order of tokens is by logit, then
 * by lowest index. The draw is the lowest index of the allowed tokens at which the sum of their weights, by index, passes
 * `drawBelow(sum of all)`: a proof of it sums ranges of the vocabulary and compares each logit with the cut.
 *
 * BOUNDS. At most 2^18 tokens of weight at most 2^30: sums are at most 2^48, exact in a double.
 */
import { drawBelow } from "./drawBelow.js";
import { LOGIT_LIMIT } from "./integerLogits.js";
import { penalize } from "./penalize.js";
import { type Cut, Ranking } from "./Ranking.js";
import { SamplingError } from "./SamplingError.js";
import { checkInteger, checkSamplingRule, type SamplingRule } from "./SamplingRule.js";
import { weightOf } from "./weightOf.js";

/** Most tokens of a vocabulary. */
const VOCABULARY_LIMIT = 2 ** 18;

/**
 * @param logits `[vocabulary]`, 1 to 2^18 of them, within ±2^23
 * @param position 0 for the first token of the answer; below 2^32, each drawn for once
 * @param seen Tokens of prompt and answer so far; read only with a repetition penalty
 * @throws SamplingError `parameter_out_of_range` naming the field, `logits_malformed`
 */
export function sampleToken(
  logits: Int32Array,
  rule: SamplingRule,
  position: number,
  seen: ReadonlySet<number>,
): number {
  checkSamplingRule(rule);
  checkInteger("position", position, 0, 2 ** 32 - 1);
  checkLogits(logits);

  const { temperatureMilli, topK, topPMilli } = rule;
  const penalized = penalize(logits, rule.repetitionPenaltyMilli, seen);
  const best = highest(penalized);
  if (temperatureMilli === 0 || topK === 1) return best;

  const distances = new Int32Array(penalized.length);
  const weights = new Int32Array(penalized.length);
  const top = penalized[best]!;
  let total = 0;
  let farthest = 0;
  for (let token = 0; token < penalized.length; token++) {
    const distance = top - penalized[token]!;
    const weight = weightOf(distance, temperatureMilli);
    distances[token] = distance;
    weights[token] = weight;
    total += weight;
    if (weight > 0 && distance > farthest) farthest = distance;
  }
  let cut: Cut = { distance: farthest, token: penalized.length, mass: total };
  if ((topK > 0 && topK < penalized.length) || topPMilli < 1000) {
    const ranking = new Ranking(distances, weights, farthest);
    if (topK > 0) cut = ranking.cutAtCount(topK);
    if (topPMilli < 1000) cut = ranking.cutAtMass(shareOf(cut.mass, topPMilli));
  }

  const point = drawBelow(rule.seed, position, cut.mass);
  let passed = 0;
  for (let token = 0; ; token++) {
    const distance = distances[token]!;
    if (distance > cut.distance || (distance === cut.distance && token > cut.token)) continue;
    passed += weights[token]!;
    if (passed > point) return token;
  }
}

/** Least m with `m · 1000 ≥ mass · topPMilli`; the product may pass 2^53. */
function shareOf(mass: number, topPMilli: number): number {
  return Number((BigInt(mass) * BigInt(topPMilli) + 999n) / 1000n);
}

/** Index of the highest logit, the lowest of several. */
function highest(logits: Int32Array): number {
  let best = 0;
  let top = logits[0]!;
  for (let token = 1; token < logits.length; token++) {
    if (logits[token]! <= top) continue;
    top = logits[token]!;
    best = token;
  }
  return best;
}

function checkLogits(logits: Int32Array): void {
  if (logits.length === 0 || logits.length > VOCABULARY_LIMIT) {
    const found = `expected 1 to ${VOCABULARY_LIMIT} logits, found ${logits.length}`;
    throw new SamplingError("logits_malformed", "logits", found);
  }
  for (let token = 0; token < logits.length; token++) {
    const logit = logits[token]!;
    if (logit <= LOGIT_LIMIT && logit >= -LOGIT_LIMIT) continue;
    const found = `the logit of token ${token} is ${logit}, expected within ±${LOGIT_LIMIT}`;
    throw new SamplingError("logits_malformed", "logits", found);
  }
}
