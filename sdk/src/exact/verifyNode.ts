import { bytesToHex, type Hex, keccak256 } from "viem";
import { joinBytes } from "../bytes/pack.js";
import { rootHash } from "../merkle/node.js";
import { hasNode, levelWidth, type NodePlace, revealWidth, siblingSides } from "./treeShape.js";

const INNER = Uint8Array.of(0x01);

/** What a root is claimed to be over: `id` is the program's or the table's, `count` the number of leaves. */
export interface TreeClaim {
  readonly root: Hex;
  readonly id: Hex;
  readonly count: number;
}

/**
 * Whether `node` stands at `place` in the tree of `claim`. Leaves stand at level 0. Never throws on a bad proof.
 * @param siblings From the node's level upwards, exactly as many as its place has.
 */
export function verifyNode(
  claim: TreeClaim,
  place: NodePlace,
  node: Uint8Array,
  siblings: readonly Uint8Array[],
): boolean {
  if (!hasNode(claim.count, place)) return false;
  if (node.length !== 32 || siblings.some((sibling) => sibling.length !== 32)) return false;
  const sides = siblingSides(levelWidth(claim.count, place.level), place.index).filter((side) => side !== "none");
  if (sides.length !== siblings.length) return false;

  const top = sides.reduce(
    (below, side, i) => (side === "left" ? innerNode(siblings[i]!, below) : innerNode(below, siblings[i]!)),
    node,
  );
  return rootHash(claim.id, claim.count, bytesToHex(top)) === claim.root.toLowerCase();
}

/**
 * Whether `nodes`, `[revealWidth, 32]`, are what stands `depth` levels under `node`, which stands at `place` of a tree of
 * `count` leaves. Says nothing about the node itself. Never throws on a bad reveal.
 */
export function verifyReveal(
  count: number,
  place: NodePlace,
  node: Uint8Array,
  depth: number,
  nodes: Uint8Array,
): boolean {
  if (!hasNode(count, place) || !Number.isInteger(depth) || depth < 0 || depth > place.level) return false;
  if (nodes.length !== 32 * revealWidth(count, place, depth)) return false;

  let level = Array.from({ length: nodes.length / 32 }, (_, i) => nodes.subarray(32 * i, 32 * (i + 1)));
  while (level.length > 1) {
    const below = level;
    level = Array.from({ length: Math.ceil(below.length / 2) }, (_, i) => {
      const [left, right] = [below[2 * i]!, below[2 * i + 1]];
      return right === undefined ? left : innerNode(left, right);
    });
  }
  return bytesToHex(level[0]!) === bytesToHex(node);
}

function innerNode(left: Uint8Array, right: Uint8Array): Uint8Array {
  return keccak256(joinBytes([INNER, left, right]), "bytes");
}
