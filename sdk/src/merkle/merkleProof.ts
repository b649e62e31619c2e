import type { Hex } from "viem";
import { type MerkleProof, MerkleTree } from "./MerkleTree.js";
import { EMPTY_NODE } from "./node.js";

/** Proof of one leaf's place. For many proofs of one tree keep a `MerkleTree`. @throws InvalidValueError */
export function merkleProof(leaves: readonly Hex[], index: bigint | number): MerkleProof {
  // The siblings do not depend on the domain: it enters the leaves and the root alone.
  return new MerkleTree(EMPTY_NODE, leaves).proof(index);
}
