import { type Hex, hexToBytes, isHex } from "viem";
import { InvalidValueError } from "../errors/InvalidValueError.js";

const encoder = new TextEncoder();

/** Big-endian bytes of an unsigned integer. @throws InvalidValueError when it is not in `[0, 2^bits)`. */
export function packUint(field: string, value: bigint | number, bits: 16 | 32 | 64 | 96 | 128 | 256): Uint8Array {
  if (typeof value === "number" && !Number.isSafeInteger(value)) {
    throw new InvalidValueError(field, `an integer of ${bits} bits`, value);
  }
  let rest = BigInt(value);
  if (rest < 0n || rest >> BigInt(bits) !== 0n)
    throw new InvalidValueError(field, `an unsigned integer of ${bits} bits`, value);
  const bytes = new Uint8Array(bits / 8);
  for (let at = bytes.length - 1; rest > 0n; at--) {
    bytes[at] = Number(rest & 0xffn);
    rest >>= 8n;
  }
  return bytes;
}

/** Bytes of a hex string of exactly `size` bytes. @throws InvalidValueError */
export function packHex(field: string, value: Hex, size: 20 | 32): Uint8Array {
  if (!isHex(value) || value.length !== 2 + 2 * size) {
    throw new InvalidValueError(field, `0x and ${2 * size} hex digits`, value);
  }
  return hexToBytes(value);
}

/** UTF-8 bytes. A lone surrogate would be replaced in silence and is refused. @throws InvalidValueError */
export function packText(field: string, value: string): Uint8Array {
  if (/\p{Surrogate}/u.test(value)) throw new InvalidValueError(field, "well-formed Unicode", value);
  return encoder.encode(value);
}

/** One array of all parts in order. */
export function joinBytes(parts: readonly Uint8Array[]): Uint8Array {
  let length = 0;
  for (const part of parts) length += part.length;
  const joined = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}
