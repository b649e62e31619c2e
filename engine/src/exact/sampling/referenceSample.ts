import { createHash } from "node:crypto";
import type { SamplingRule } from "./SamplingRule.js";

interface Candidate {
  readonly token: number;
  readonly logit: bigint;
  readonly weight: bigint;
}

/** What a draw is made of, for vectors and proofs. */
export interface ReferenceDraw {
  readonly token: number;
  /** Sum of the weights of the allowed tokens, of which the point is drawn. */
  readonly total: bigint;
  readonly point: bigint;
  /** Allowed tokens by index. */
  readonly allowed: readonly number[];
}

/**
 * The definition of a draw in unbounded integers and a whole sort: slow and plain on purpose, without a line of what
 * samples.
 *
 * @param logits `[vocabulary]`
 * @param table `2^(-f / 4096) · 2^30`, 4,096 entries
 */
export function referenceSample(
  logits: readonly number[],
  rule: SamplingRule,
  position: number,
  seen: readonly number[],
  table: readonly number[],
): ReferenceDraw {
  const [temperature, penalty] = [BigInt(rule.temperatureMilli), BigInt(rule.repetitionPenaltyMilli)];
  const penalized = logits.map((value, token) => {
    const logit = BigInt(value);
    if (!seen.includes(token)) return logit;
    return logit > 0n ? floorDivide(logit * 1000n, penalty) : floorDivide(logit * penalty, 1000n);
  });
  let top = penalized[0]!;
  for (const logit of penalized) if (logit > top) top = logit;
  const ranked = penalized
    .map((logit, token): Candidate => ({ token, logit, weight: weight(top - logit, temperature, table) }))
    .sort((a, b) => (a.logit === b.logit ? a.token - b.token : a.logit > b.logit ? -1 : 1));
  if (temperature === 0n) return { token: ranked[0]!.token, total: 1n, point: 0n, allowed: [ranked[0]!.token] };

  const kept = rule.topK === 0 ? ranked : ranked.slice(0, rule.topK);
  const enough = sum(kept) * BigInt(rule.topPMilli);
  let count = 1;
  while (sum(kept.slice(0, count)) * 1000n < enough) count++;
  // A nucleus of everything keeps the tokens of no weight too: nobody can draw them.
  const allowed = kept.slice(0, rule.topPMilli === 1000 ? kept.length : count).sort((a, b) => a.token - b.token);

  const total = sum(allowed);
  const digest = createHash("sha256")
    .update(rule.seed)
    .update(Buffer.from(position.toString(16).padStart(16, "0"), "hex"))
    .digest("hex");
  const point = (BigInt(`0x${digest.slice(0, 32)}`) * total) / 2n ** 128n;
  let passed = 0n;
  for (const { token, weight } of allowed) {
    passed += weight;
    if (passed > point) return { token, total, point, allowed: allowed.map((one) => one.token) };
  }
  throw new RangeError("unreachable: the point is below the total");
}

function weight(distance: bigint, temperature: bigint, table: readonly number[]): bigint {
  if (temperature === 0n) return 0n;
  const nats = (distance * 1000n) / temperature;
  if (nats >= 2n ** 17n) return 0n;
  const octaves = (nats * 1_512_775n) / 2n ** 20n;
  return BigInt(table[Number(octaves % 4096n)]!) / 2n ** (octaves / 4096n);
}

function sum(candidates: readonly Candidate[]): bigint {
  return candidates.reduce((mass, candidate) => mass + candidate.weight, 0n);
}

/** Toward minus infinity, unlike BigInt's own. */
function floorDivide(dividend: bigint, divisor: bigint): bigint {
  const quotient = dividend / divisor;
  return dividend < 0n && quotient * divisor !== dividend ? quotient - 1n : quotient;
}
