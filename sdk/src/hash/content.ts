import { bytesToHex, type Hex, hexToBytes, sha256 } from "viem";
import { packHex } from "../bytes/pack.js";
import { InvalidValueError } from "../errors/InvalidValueError.js";

const ALPHABET = "abcdefghijklmnopqrstuvwxyz234567";
// CIDv1, codec raw (0x55), multihash sha2-256 (0x12) of 32 bytes (0x20).
const CID_PREFIX = [0x01, 0x55, 0x12, 0x20] as const;
const CID_LENGTH = 59;

/** SHA-256 of a file's bytes: the name under which the chain knows it (`dataHash`, `manifestHash`). */
export function contentHash(bytes: Uint8Array): Hex {
  return sha256(bytes);
}

/** CIDv1 (raw, base32) of a SHA-256 content hash. @throws InvalidValueError */
export function contentCid(hash: Hex): string {
  const bytes = Uint8Array.of(...CID_PREFIX, ...packHex("hash", hash, 32));
  let text = "b";
  let bits = 0;
  let held = 0;
  for (const byte of bytes) {
    held = (held << 8) | byte;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text += ALPHABET[(held >>> bits) & 31];
    }
    held &= (1 << bits) - 1;
  }
  return bits === 0 ? text : text + ALPHABET[(held << (5 - bits)) & 31];
}

/** SHA-256 content hash of a CIDv1 (raw, base32). @throws InvalidValueError for any other kind of CID. */
export function contentHashOfCid(cid: string): Hex {
  const expected = "a CIDv1 of raw bytes under SHA-256 in lower-case base32";
  if (cid.length !== CID_LENGTH || cid[0] !== "b") throw new InvalidValueError("cid", expected, cid);
  const bytes: number[] = [];
  let bits = 0;
  let held = 0;
  for (const letter of cid.slice(1)) {
    const value = ALPHABET.indexOf(letter);
    if (value < 0) throw new InvalidValueError("cid", expected, cid);
    held = (held << 5) | value;
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      bytes.push((held >>> bits) & 255);
      held &= (1 << bits) - 1;
    }
  }
  const hash = bytesToHex(Uint8Array.from(bytes.slice(CID_PREFIX.length)));
  // Encoding back catches a foreign prefix and padding bits that are not zero.
  if (hexToBytes(hash).length !== 32 || contentCid(hash) !== cid) throw new InvalidValueError("cid", expected, cid);
  return hash;
}
