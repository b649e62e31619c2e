import { sha256 } from "viem";
import { joinBytes, packUint } from "../bytes/pack.js";
import { InvalidValueError } from "../errors/InvalidValueError.js";

const SEED_BYTES = 32;
const DRAWN_BYTES = 16;

/**
 * The random number of a position of an answer: the first 128 bits of `SHA-256(seed ‖ uint64 position)`, a precompile of
 * the EVM.
 *
 * @param seed 32 bytes
 * @param position 0 for the first token of the answer
 * @returns in `[0, 2^128)`
 * @throws InvalidValueError
 */
export function drawNumber(seed: Uint8Array, position: number): bigint {
  if (seed.length !== SEED_BYTES) throw new InvalidValueError("seed", `${SEED_BYTES} bytes`, seed.length);
  const digest = sha256(joinBytes([seed, packUint("position", position, 64)]), "bytes");
  return digest.subarray(0, DRAWN_BYTES).reduce((number, byte) => (number << 8n) | BigInt(byte), 0n);
}
