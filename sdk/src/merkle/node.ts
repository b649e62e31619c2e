import { type Hex, hexToBytes, keccak256 } from "viem";
import { packHex, packUint } from "../bytes/pack.js";

const LEAF = 0x00;
const INNER = 0x01;
const ROOT = 0x02;

/** What stands in the places right of the last leaf. */
export const EMPTY_NODE: Hex = `0x${"00".repeat(32)}`;

/** Node of a leaf: `keccak256(0x00 ‖ domain ‖ payload)`. @param domain 32 bytes. */
export function leafHash(domain: Hex, payload: Uint8Array): Hex {
  const preimage = new Uint8Array(33 + payload.length);
  preimage[0] = LEAF;
  preimage.set(packHex("domain", domain, 32), 1);
  preimage.set(payload, 33);
  return keccak256(preimage);
}

/** Node over two nodes: `keccak256(0x01 ‖ left ‖ right)`. */
export function innerHash(left: Hex, right: Hex): Hex {
  const preimage = new Uint8Array(65);
  preimage[0] = INNER;
  preimage.set(hexToBytes(left), 1);
  preimage.set(hexToBytes(right), 33);
  return keccak256(preimage);
}

/** Root that binds domain and leaf count to the top node: `keccak256(0x02 ‖ domain ‖ uint64 count ‖ top)`. */
export function rootHash(domain: Hex, count: bigint | number, top: Hex): Hex {
  const preimage = new Uint8Array(73);
  preimage[0] = ROOT;
  preimage.set(packHex("domain", domain, 32), 1);
  preimage.set(packUint("count", count, 64), 33);
  preimage.set(packHex("top", top, 32), 41);
  return keccak256(preimage);
}
