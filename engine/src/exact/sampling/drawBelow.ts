import { drawNumber } from "@openledger/sdk";

/**
 * The draw at a position: `floor(r · total / 2^128)`, r the position's `drawNumber`. Any value is likelier or less likely
 * than even by at most 2^-128, all of them by total / 2^128 ≤ 2^-80.
 *
 * @param seed 32 bytes
 * @param position 0 for the first token of the answer
 * @param total 1 to 2^48
 * @returns 0 to total - 1
 */
export function drawBelow(seed: Uint8Array, position: number, total: number): number {
  return Number((drawNumber(seed, position) * BigInt(total)) >> 128n);
}
