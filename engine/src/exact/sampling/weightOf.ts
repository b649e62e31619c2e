import { WEIGHT_TABLE } from "./weightTable.js";

/** `round(log2(e) · 2^20)`: turns 2^-12 nats to 2^-12 octaves. */
const OCTAVES_PER_NAT = 1_512_775;
/** 2^-12 nats from here on weigh nothing: 2^17 of them are more than 30 octaves and a bit. */
const FARTHEST = 2 ** 17;
/** Octaves a weight may be shifted by; entries have 31 bits at most, so a further one leaves nothing. */
const DEEPEST = 30;

/**
 * Weight of a logit, 2^30 for the highest: `table[t mod 4096] >> (t div 4096)` with
 * `d = floor(distance · 1000 / temperatureMilli)`, `t = floor(d · 1,512,775 / 2^20)`, 0 from `d` = 2^17 on.
 *
 * Bounds: distance ≤ 20 · 2^23 < 2^28, so distance · 1000 < 2^38 and the quotient's floor is exact in a double;
 * d · 1,512,775 < 2^38; t < 2^18.
 *
 * @param distance Highest logit less this one
 * @param temperatureMilli 1 to 100,000
 */
export function weightOf(distance: number, temperatureMilli: number): number {
  const nats = Math.floor((distance * 1000) / temperatureMilli);
  if (nats >= FARTHEST) return 0;
  const octaves = Math.floor((nats * OCTAVES_PER_NAT) / 2 ** 20);
  const shift = octaves >> 12;
  return shift > DEEPEST ? 0 : WEIGHT_TABLE[octaves & 4095]! >> shift;
}
