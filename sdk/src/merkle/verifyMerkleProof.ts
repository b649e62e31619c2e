import type { Hex } from "viem";
import { innerHash, rootHash } from "./node.js";
import { treeDepth } from "./treeDepth.js";

/** Whether `leaf` stands at `proof.index` of `proof.count` in the tree of `root`. Never throws on a bad proof. */
export function verifyMerkleProof(
  domain: Hex,
  root: Hex,
  leaf: Hex,
  proof: { readonly index: bigint | number; readonly count: bigint | number; readonly siblings: readonly Hex[] },
): boolean {
  let index: bigint;
  try {
    index = BigInt(proof.index);
    if (index < 0n || index >= BigInt(proof.count) || proof.siblings.length !== treeDepth(proof.count)) return false;
  } catch {
    return false;
  }
  if (leaf.length !== 66 || proof.siblings.some((sibling) => sibling.length !== 66)) return false;

  let node = leaf;
  for (const sibling of proof.siblings) {
    node = index % 2n === 0n ? innerHash(node, sibling) : innerHash(sibling, node);
    index /= 2n;
  }
  return rootHash(domain, proof.count, node) === root.toLowerCase();
}
