import { concat, type Hex, hexToNumber, keccak256, numberToHex, slice } from "viem";

/**
 * What a probe of a contribution is drawn by: the same for all validators of its round, and unknown to whoever contributed, since the
 * block that opens a round comes after the contributions. Who knew which records are held out could write for them alone.
 *
 * @returns 32 bits
 */
export function probeSeed(openingBlock: Hex, contribution: bigint): number {
  const hash = keccak256(concat([openingBlock, numberToHex(contribution, { size: 8 })]));
  return hexToNumber(slice(hash, 0, 4));
}
