import { concat, type Hex, hexToNumber, keccak256, numberToHex, slice } from "viem";

/**
 * What a probe of a contribution is drawn by: the same for all who judge it, and unknown to whoever contributed. Who knew which records
 * are held out could write for them alone.
 *
 * @param block Hash of one that came after the contribution, or has it: of a round the one that opened it
 * @returns 32 bits
 */
export function probeSeed(block: Hex, contribution: bigint): number {
  const hash = keccak256(concat([block, numberToHex(contribution, { size: 8 })]));
  return hexToNumber(slice(hash, 0, 4));
}
