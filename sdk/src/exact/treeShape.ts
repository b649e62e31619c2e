import { InvalidValueError } from "../errors/InvalidValueError.js";

/*
 * The tree of traces and weight tables: that of RFC 6962 (section 2.1) with keccak-256, which is the tree that pairs the
 * nodes of a level from the left and lifts a last node without partner, as it is, to the level above.
 *
 * Why not the padded tree of `merkle/`: there a root may hide anything behind its last leaf, so that two different roots
 * can have the same leaves and no leaf to refute either by. Here the root is a function of the leaves and their number
 * alone: where two roots of one count differ a leaf differs, which is what a proof of a false trace walks down to. A
 * builder needs one waiting node a level.
 *
 * Leaf, inner and root preimages start with different bytes, and the root binds the count: no inner node or row of 64
 * bytes passes for the other, and a proof has exactly the length that the leaf's place in that count gives it.
 */

/** Most leaves of a tree: what TypeScript counts exactly. The contract's bound, 2^64, is above it. */
const MAX_LEAVES = Number.MAX_SAFE_INTEGER;

/** Nodes at a level of a tree of `count` leaves, which stand at level 0. */
export function levelWidth(count: number, level: number): number {
  return Math.ceil(count / 2 ** level);
}

/** Levels above the leaves: ceil(log2 count), 0 for one leaf and for none. */
export function treeHeight(count: number): number {
  let height = 0;
  while (2 ** height < count) height++;
  return height;
}

/** Whether each level, from the node's upwards, has a sibling for it, and on which side: the shape of its proof. */
export function siblingSides(width: number, index: number): ("left" | "right" | "none")[] {
  const sides: ("left" | "right" | "none")[] = [];
  let at = index;
  for (let last = width - 1; last > 0; last = Math.floor(last / 2)) {
    sides.push(at % 2 === 1 ? "left" : at < last ? "right" : "none");
    at = Math.floor(at / 2);
  }
  return sides;
}

/** How many nodes `depth` levels down a node stands over: 2^depth, fewer at the right edge. */
export function revealWidth(count: number, place: NodePlace, depth: number): number {
  const first = place.index * 2 ** depth;
  return Math.min(first + 2 ** depth, levelWidth(count, place.level - depth)) - first;
}

/** A node of the tree: level 0 holds the leaves, index counts from the left. */
export interface NodePlace {
  readonly level: number;
  readonly index: number;
}

/** Whether a tree of `count` leaves has such a node. */
export function hasNode(count: number, { level, index }: NodePlace): boolean {
  const isCount = Number.isSafeInteger(count) && count >= 0 && count <= MAX_LEAVES;
  const isLevel = Number.isSafeInteger(level) && level >= 0 && level <= treeHeight(count);
  return isCount && isLevel && Number.isSafeInteger(index) && index >= 0 && index < levelWidth(count, level);
}

/** @throws InvalidValueError when a tree of `count` leaves has no such node. */
export function requireNode(count: number, place: NodePlace): void {
  if (!hasNode(count, place)) {
    throw new InvalidValueError("node", `a place in a tree of ${count} leaves`, `${place.level}/${place.index}`);
  }
}
