/** Compares a tree that is known whole with one of which only some leaves were opened. */
import type { Hex } from "viem";
import type { MerkleProof } from "./MerkleTree.js";
import { EMPTY_NODE, innerHash } from "./node.js";

/** A node: `level` 0 are the leaves, `index` counts from the left. */
export type NodePlace = { readonly level: number; readonly index: number };

/** The nodes of a list of leaf nodes at their places in a tree of a given depth, which may be another than the list needs. */
export class PositionalNodes {
  readonly #levels: Hex[][];
  readonly #empty: Hex[] = [EMPTY_NODE];

  constructor(
    leaves: readonly Hex[],
    readonly depth: number,
  ) {
    this.#levels = [[...leaves]];
    for (let level = 0; level < depth; level++) {
      const empty = this.#empty[level]!;
      const below = this.#levels[level]!;
      const above: Hex[] = [];
      for (let at = 0; at < below.length; at += 2) above.push(innerHash(below[at]!, below[at + 1] ?? empty));
      this.#levels.push(above);
      this.#empty.push(innerHash(empty, empty));
    }
  }

  node({ level, index }: NodePlace): Hex {
    return this.#levels[level]![index] ?? this.#empty[level]!;
  }
}

/** The nodes of a tree that openings of its leaves have shown. */
export class KnownNodes {
  readonly #nodes = new Map<string, Hex>();

  constructor(readonly depth: number) {}

  /** Takes all nodes that a leaf's opening shows: its way up and what stands beside it. The opening has to hold. */
  add(leaf: Hex, { index, siblings }: MerkleProof): void {
    let node = leaf;
    let at = Number(index);
    this.#set(0, at, node);
    for (const [level, sibling] of siblings.entries()) {
      this.#set(level, at % 2 === 0 ? at + 1 : at - 1, sibling);
      node = at % 2 === 0 ? innerHash(node, sibling) : innerHash(sibling, node);
      at = Math.floor(at / 2);
      this.#set(level + 1, at, node);
    }
  }

  node({ level, index }: NodePlace): Hex | undefined {
    return this.#nodes.get(`${level}/${index}`);
  }

  #set(level: number, index: number, node: Hex): void {
    this.#nodes.set(`${level}/${index}`, node.toLowerCase() as Hex);
  }
}

/**
 * The leftmost known place at which the trees differ and below which nothing is known: a leaf, or a node whose leaves have to
 * be opened. The top counts as different until it is known. Undefined when all that is known is the same.
 */
export function firstDifference(whole: PositionalNodes, known: KnownNodes): NodePlace | undefined {
  let place: NodePlace = { level: known.depth, index: 0 };
  if (known.node(place) === whole.node(place)) return undefined;
  while (place.level > 0) {
    const left = { level: place.level - 1, index: 2 * place.index };
    const node = known.node(left);
    if (node === undefined) return place;
    // The node above differs, so where its left half is the same its right half is not.
    place = node === whole.node(left) ? { level: left.level, index: left.index + 1 } : left;
  }
  return place;
}

/**
 * Siblings of the leaf before `at`, in the tree of which the leaf at `at` was opened and all before it is as in `whole`.
 *
 * @param at From 1. @param leaf Node of the leaf there.
 */
export function siblingsBefore(at: number, leaf: Hex, opening: MerkleProof, whole: PositionalNodes): Hex[] {
  const siblings: Hex[] = [];
  let node = leaf;
  let right = at;
  let left = at - 1;
  for (const [level, sibling] of opening.siblings.entries()) {
    if (left === right) {
      // From here on both go the same way up.
      siblings.push(sibling);
    } else {
      siblings.push(left % 2 === 0 ? node : whole.node({ level, index: left - 1 }));
    }
    node = right % 2 === 0 ? innerHash(node, sibling) : innerHash(sibling, node);
    right = Math.floor(right / 2);
    left = Math.floor(left / 2);
  }
  return siblings;
}
