import { bytesToHex, type Hex } from "viem";
import { InvalidValueError } from "../errors/InvalidValueError.js";
import { rootHash } from "../merkle/node.js";
import { foldLevel, foldNodes } from "./foldNodes.js";
import type { Keccak } from "./Keccak.js";
import { levelWidth, type NodePlace, requireNode, revealWidth, siblingSides } from "./treeShape.js";

/** Recomputes the leaf hashes `first` to `first + count`, `[count, 32]`. */
export type LeafSource = (first: number, count: number) => Uint8Array | Promise<Uint8Array>;

/** A tree that keeps the nodes from `blockLevel` upwards and asks for one block's leaves anew when it needs what is below. */
export class TraceTree {
  readonly count: number;
  /** Nodes of `blockLevel` and of each level above, the top last. */
  readonly #levels: readonly Uint8Array[];
  readonly #keccak: Keccak;
  readonly #leaves: LeafSource;
  readonly #blockLevel: number;

  /**
   * @param parts.blocks The nodes of level `blockLevel`, `[ceil(count / 2^blockLevel), 32]`: see `TraceTreeRecorder`.
   * @throws InvalidValueError when there are more or fewer.
   */
  constructor(
    keccak: Keccak,
    parts: {
      readonly count: number;
      readonly blockLevel: number;
      readonly blocks: Uint8Array;
      readonly leaves: LeafSource;
    },
  ) {
    const width = levelWidth(parts.count, parts.blockLevel);
    if (parts.blocks.length !== 32 * width) throw new InvalidValueError("blocks", `${width} nodes`, parts.blocks);
    const levels = [parts.blocks];
    while (levels[levels.length - 1]!.length > 32) levels.push(foldLevel(keccak, levels[levels.length - 1]!));
    this.#levels = levels;
    this.#keccak = keccak;
    this.#leaves = parts.leaves;
    this.#blockLevel = parts.blockLevel;
    this.count = parts.count;
  }

  /** The node over all leaves; 32 zero bytes without any. */
  get top(): Uint8Array {
    return this.count === 0 ? new Uint8Array(32) : this.#levels[this.#levels.length - 1]!;
  }

  /** `keccak256(0x02 ‖ id ‖ uint64 count ‖ top)`. @param id The program's id, or a table's. */
  root(id: Hex): Hex {
    return rootHash(id, this.count, bytesToHex(this.top));
  }

  /** What shows that a node stands at its place: its siblings from its own level upwards, for `verifyNode`. */
  async proof(place: NodePlace): Promise<Uint8Array[]> {
    requireNode(this.count, place);
    const sides = siblingSides(levelWidth(this.count, place.level), place.index);
    const below = sides.slice(0, Math.max(0, this.#blockLevel - place.level));
    const block = below.length === 0 ? [] : await this.#block(Math.floor(place.index / 2 ** below.length));
    const siblings: Uint8Array[] = [];
    for (const [up, side] of sides.entries()) {
      if (side === "none") continue;
      const level = place.level + up;
      const index = Math.floor(place.index / 2 ** up) + (side === "left" ? -1 : 1);
      siblings.push(nodeOf(this.#kept(level) ?? block[level]!, index - this.#firstOf(level, place)));
    }
    return siblings;
  }

  /** The nodes `depth` levels under a node, `[revealWidth, 32]`, for `verifyReveal`. */
  async reveal(place: NodePlace, depth: number): Promise<Uint8Array> {
    requireNode(this.count, place);
    const level = place.level - depth;
    if (!Number.isInteger(depth) || depth < 0 || level < 0) {
      throw new InvalidValueError("depth", `0 to ${place.level}`, depth);
    }
    const first = place.index * 2 ** depth;
    const width = revealWidth(this.count, place, depth);
    const kept = this.#kept(level);
    if (kept !== undefined) return kept.slice(32 * first, 32 * (first + width));

    const nodes = new Uint8Array(32 * width);
    // A reveal that crosses the block level takes the nodes of several blocks.
    const perBlock = 2 ** (this.#blockLevel - level);
    for (let at = 0; at < width; ) {
      const block = Math.floor((first + at) / perBlock);
      const inBlock = (await this.#block(block))[level]!;
      const from = first + at - block * perBlock;
      const taken = inBlock.subarray(32 * from, 32 * (from + width - at));
      nodes.set(taken, 32 * at);
      at += taken.length / 32;
    }
    return nodes;
  }

  /** All nodes of a level that is kept. A tree lower than a block keeps its top alone, at every level from its own. */
  #kept(level: number): Uint8Array | undefined {
    return level < this.#blockLevel ? undefined : this.#levels[level - this.#blockLevel];
  }

  #firstOf(level: number, place: NodePlace): number {
    if (level >= this.#blockLevel) return 0;
    const block = Math.floor(place.index / 2 ** (this.#blockLevel - place.level));
    return block * 2 ** (this.#blockLevel - level);
  }

  /** The levels under a block's node, the leaves first. @throws InvalidValueError when the leaves are not those kept. */
  async #block(index: number): Promise<Uint8Array[]> {
    const size = 2 ** this.#blockLevel;
    const first = index * size;
    const count = Math.min(size, this.count - first);
    const leaves = await this.#leaves(first, count);
    if (leaves.length !== 32 * count) throw new InvalidValueError("leaves", `${count} nodes`, leaves);
    const levels = [leaves];
    for (let level = 1; level < this.#blockLevel; level++) {
      levels.push(foldLevel(this.#keccak, levels[levels.length - 1]!));
    }
    const top = bytesToHex(foldNodes(this.#keccak, levels[levels.length - 1]!));
    const kept = bytesToHex(nodeOf(this.#levels[0]!, index));
    if (top !== kept) throw new InvalidValueError(`leaves ${first} to ${first + count}`, kept, top);
    return levels;
  }
}

function nodeOf(level: Uint8Array, index: number): Uint8Array {
  return level.slice(32 * index, 32 * (index + 1));
}
