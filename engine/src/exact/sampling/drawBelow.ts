import { createHash } from "node:crypto";

/**
 * The draw at a position: `floor(r · total / 2^128)`, r the first 128 bits of `SHA-256(seed ‖ uint64 position)`, a
 * precompile of the EVM. Any value is likelier or less likely than even by at most 2^-128, all of them by
 * total / 2^128 ≤ 2^-80.
 *
 * @param seed 32 bytes
 * @param position 0 for the first token of the answer
 * @param total 1 to 2^48
 * @returns 0 to total - 1
 */
export function drawBelow(seed: Uint8Array, position: number, total: number): number {
  const block = Buffer.alloc(8);
  block.writeBigUInt64BE(BigInt(position));
  const digest = createHash("sha256").update(seed).update(block).digest();
  const random = (digest.readBigUInt64BE(0) << 64n) | digest.readBigUInt64BE(8);
  return Number((random * BigInt(total)) >> 128n);
}
