import type { Hex } from "viem";
import { InvalidValueError } from "../errors/InvalidValueError.js";
import { EMPTY_NODE, innerHash, rootHash } from "./node.js";
import { treeDepth } from "./treeDepth.js";

/** Appends leaves one by one in logarithmic memory and gives the same root as `MerkleTree` at every moment. */
export class MerkleFrontier {
  // The complete subtree of 2^level leaves that waits for its right neighbour; undefined where the count has no such bit.
  readonly #waiting: (Hex | undefined)[] = [];
  #count = 0;

  /** @param domain 32 bytes, from `domainHash`. */
  constructor(readonly domain: Hex) {}

  get count(): bigint {
    return BigInt(this.#count);
  }

  append(leaf: Hex): void {
    if (leaf.length !== 66) throw new InvalidValueError("leaf", "32 bytes", leaf);
    let node = leaf;
    let level = 0;
    for (; this.#waiting[level] !== undefined; level++) {
      node = innerHash(this.#waiting[level]!, node);
      this.#waiting[level] = undefined;
    }
    this.#waiting[level] = node;
    this.#count += 1;
  }

  root(): Hex {
    const depth = treeDepth(this.#count);
    let node = EMPTY_NODE;
    let empty = EMPTY_NODE;
    for (let level = 0; level < depth; level++) {
      const left = this.#waiting[level];
      node = left === undefined ? innerHash(node, empty) : innerHash(left, node);
      empty = innerHash(empty, empty);
    }
    // A complete tree waits at its own depth: nothing was to be folded.
    const top = this.#waiting[depth] ?? node;
    return rootHash(this.domain, this.#count, top);
  }
}
