import type { Hex } from "viem";
import { InvalidValueError } from "../errors/InvalidValueError.js";
import { EMPTY_NODE, innerHash, rootHash } from "./node.js";
import { treeDepth } from "./treeDepth.js";

/** The place of a leaf: `siblings` from the leaf's level upwards, exactly `treeDepth(count)` of them. */
export type MerkleProof = {
  readonly index: bigint;
  readonly count: bigint;
  readonly siblings: readonly Hex[];
};

/** The places of neighbouring leaves: at each level the left border's partner, then the right one's, where they lie outside. */
export type MerkleRangeProof = {
  readonly firstIndex: bigint;
  readonly count: bigint;
  readonly siblings: readonly Hex[];
};

/**
 * A positional tree, padded on the right with zero nodes to the next power of two, kept whole for many proofs.
 * Time and memory are linear in the leaves, not in the padding: all-empty subtrees are taken from a table.
 */
export class MerkleTree {
  readonly top: Hex;
  readonly root: Hex;
  readonly #levels: readonly (readonly Hex[])[];

  /** @param domain 32 bytes, from `domainHash`. @param leaves Leaf nodes, from `leafHash` or a function of `hash/`. */
  constructor(
    readonly domain: Hex,
    leaves: readonly Hex[],
  ) {
    const levels: Hex[][] = [[...leaves]];
    let empty = EMPTY_NODE;
    for (let depth = treeDepth(leaves.length); depth > 0; depth--) {
      const below = levels[levels.length - 1]!;
      const level: Hex[] = [];
      for (let at = 0; at < below.length; at += 2) level.push(innerHash(below[at]!, below[at + 1] ?? empty));
      levels.push(level);
      empty = innerHash(empty, empty);
    }
    this.#levels = levels;
    this.top = levels[levels.length - 1]![0] ?? EMPTY_NODE;
    this.root = rootHash(domain, leaves.length, this.top);
  }

  get count(): bigint {
    return BigInt(this.#levels[0]!.length);
  }

  /** @param index Place of the leaf, from 0. @throws InvalidValueError when there is no such leaf. */
  proof(index: bigint | number): MerkleProof {
    const place = BigInt(index);
    if (place < 0n || place >= this.count) throw new InvalidValueError("index", `less than ${this.count}`, index);
    const siblings: Hex[] = [];
    let at = Number(place);
    let empty = EMPTY_NODE;
    for (const level of this.#levels.slice(0, -1)) {
      siblings.push(level[at ^ 1] ?? empty);
      at >>>= 1;
      empty = innerHash(empty, empty);
    }
    return { index: place, count: this.count, siblings };
  }

  /**
   * One proof for `length` neighbours: only the borders of the range need siblings.
   *
   * @param first Place of the first leaf, from 0. @param length At least 1.
   * @throws InvalidValueError when the tree does not hold the range.
   */
  rangeProof(first: number, length: number): MerkleRangeProof {
    const count = this.#levels[0]!.length;
    if (!Number.isInteger(length) || length < 1) throw new InvalidValueError("length", "at least 1", length);
    if (!Number.isInteger(first) || first < 0 || first + length > count) {
      throw new InvalidValueError("first", `at least 0 and at most ${count - length}`, first);
    }
    const siblings: Hex[] = [];
    let [low, high] = [first, first + length - 1];
    let empty = EMPTY_NODE;
    for (const level of this.#levels.slice(0, -1)) {
      if (low % 2 === 1) siblings.push(level[low - 1]!);
      if (high % 2 === 0) siblings.push(level[high + 1] ?? empty);
      low = Math.floor(low / 2);
      high = Math.floor(high / 2);
      empty = innerHash(empty, empty);
    }
    return { firstIndex: BigInt(first), count: BigInt(count), siblings };
  }
}
