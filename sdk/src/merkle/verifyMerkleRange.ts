import type { Hex } from "viem";
import { innerHash, rootHash } from "./node.js";
import { treeDepth } from "./treeDepth.js";

/**
 * Whether `leaves` stand at `proof.firstIndex` and the places behind it in the tree of `root`. Never throws on a bad proof.
 * The same walk as the contract's: every sibling has to be used.
 */
export function verifyMerkleRange(
  domain: Hex,
  root: Hex,
  leaves: readonly Hex[],
  proof: { readonly firstIndex: bigint | number; readonly count: bigint | number; readonly siblings: readonly Hex[] },
): boolean {
  let low: bigint;
  let depth: number;
  try {
    low = BigInt(proof.firstIndex);
    const count = BigInt(proof.count);
    depth = treeDepth(count);
    if (leaves.length === 0 || low < 0n || low + BigInt(leaves.length) > count) return false;
  } catch {
    return false;
  }
  if ([...leaves, ...proof.siblings].some((node) => node.length !== 66)) return false;

  const siblings = [...proof.siblings];
  let nodes = [...leaves];
  for (; depth > 0; depth--) {
    if (low % 2n === 1n) {
      const left = siblings.shift();
      if (left === undefined) return false;
      nodes.unshift(left);
    }
    if (nodes.length % 2 === 1) {
      const right = siblings.shift();
      if (right === undefined) return false;
      nodes.push(right);
    }
    nodes = nodes.filter((_, at) => at % 2 === 0).map((left, at) => innerHash(left, nodes[2 * at + 1]!));
    low /= 2n;
  }
  return siblings.length === 0 && rootHash(domain, proof.count, nodes[0]!) === root.toLowerCase();
}
