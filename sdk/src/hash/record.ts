import { bytesToHex, type Hex, keccak256 } from "viem";
import { joinBytes, packHex, packText, packUint } from "../bytes/pack.js";
import { domainHash } from "../merkle/domain.js";
import { leafHash } from "../merkle/node.js";
import { licenceToBytes32 } from "./licence.js";

/** Leaf of a record by what its text hashes to. @param byteLength Of its UTF-8. @param licence SPDX identifier. */
export function recordLeafOf(contentHash: Hex, byteLength: number, licence: string): Hex {
  return leafHash(
    domainHash("Record"),
    joinBytes([
      packHex("contentHash", contentHash, 32),
      packUint("byteLength", byteLength, 32),
      packHex("licence", licenceToBytes32(licence), 32),
    ]),
  );
}

/** Keccak-256: `loadKeccak`'s, of texts that are long or many, is some twenty times faster than viem's. */
export type TextHash = (bytes: Uint8Array) => Uint8Array;

/**
 * Leaf of a record: `keccak256(text) ‖ uint32 byteLength ‖ licence`.
 *
 * @param licence SPDX identifier.
 * @param hash Keccak-256; viem's if absent.
 */
export function recordLeaf(text: string, licence: string, hash?: TextHash): Hex {
  const bytes = packText("text", text);
  const textHash = hash === undefined ? keccak256(bytes) : bytesToHex(hash(bytes));
  return recordLeafOf(textHash, bytes.length, licence);
}
