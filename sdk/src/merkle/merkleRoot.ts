import type { Hex } from "viem";
import { MerkleFrontier } from "./MerkleFrontier.js";

/**
 * Root of the positional, padded tree over leaf nodes; binds the domain and the number of leaves.
 *
 * @param domain 32 bytes, from `domainHash`.
 * @param leaves Leaf nodes in order; any iterable, read once.
 * @example
 * ```ts
 * const root = merkleRoot(domainHash("Receipt"), receiptHashes.map(receiptLeaf));
 * ```
 */
export function merkleRoot(domain: Hex, leaves: Iterable<Hex>): Hex {
  const frontier = new MerkleFrontier(domain);
  for (const leaf of leaves) frontier.append(leaf);
  return frontier.root();
}
