import type { Keccak } from "./Keccak.js";

const INNER = 0x01;

/** Nodes of the level above, `[ceil(n / 2), 32]`, from those of a level, `[n, 32]`, that starts at an even index. */
export function foldLevel(keccak: Keccak, nodes: Uint8Array): Uint8Array {
  const count = nodes.length / 32;
  const pairs = Math.floor(count / 2);
  const above = new Uint8Array(32 * Math.ceil(count / 2));
  above.set(keccak.taggedRows(new Uint8Array(pairs).fill(INNER), nodes.subarray(0, 64 * pairs), 64));
  if (count % 2 === 1) above.set(nodes.subarray(64 * pairs), 32 * pairs);
  return above;
}

/** The one node over `[n, 32]` nodes, n from 1, of a level that starts at a multiple of a power of two ≥ n. */
export function foldNodes(keccak: Keccak, nodes: Uint8Array): Uint8Array {
  let level = nodes;
  while (level.length > 32) level = foldLevel(keccak, level);
  return level;
}
