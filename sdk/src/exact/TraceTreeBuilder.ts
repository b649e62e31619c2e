import { bytesToHex, type Hex } from "viem";
import { InvalidValueError } from "../errors/InvalidValueError.js";
import { rootHash } from "../merkle/node.js";
import { foldNodes } from "./foldNodes.js";
import type { Keccak } from "./Keccak.js";

const INNER = Uint8Array.of(0x01);
/** Most levels folded at a time: 128 KiB of nodes. */
const FOLD_LEVELS = 12;

/** Takes leaf after leaf, keeps one node a level and knows the root at every moment. The tree is that of `treeShape`. */
export class TraceTreeBuilder {
  // The complete subtree of 2^level leaves that waits for its right neighbour; undefined where the count has no such bit.
  readonly #waiting: (Uint8Array | undefined)[] = [];
  #count = 0;

  constructor(readonly keccak: Keccak) {}

  get count(): number {
    return this.#count;
  }

  /** @param leaf 32 bytes, from `traceLeaf`; kept, so not to be changed after. @throws InvalidValueError */
  append(leaf: Uint8Array): void {
    if (leaf.length !== 32) throw new InvalidValueError("leaf", "32 bytes", leaf);
    this.#carry(leaf, 0);
  }

  /** @param nodes `[n, 32]` leaves, folded a level at a time: as `append` of each, in less time. @throws InvalidValueError */
  appendAll(nodes: Uint8Array): void {
    if (nodes.length % 32 !== 0) throw new InvalidValueError("leaves", "32 bytes each", nodes);
    const count = nodes.length / 32;
    for (let at = 0; at < count; ) {
      // The largest complete subtree that starts here and ends within the leaves.
      let level = 0;
      while (level < FOLD_LEVELS && this.#count % 2 ** (level + 1) === 0 && at + 2 ** (level + 1) <= count) level++;
      const leaves = nodes.slice(32 * at, 32 * (at + 2 ** level));
      this.#carry(foldNodes(this.keccak, leaves), level);
      at += 2 ** level;
    }
  }

  /** Puts a complete subtree of 2^level leaves behind the others, which are a multiple of as many. */
  #carry(subtree: Uint8Array, level: number): void {
    let node = subtree;
    let at = level;
    for (; this.#waiting[at] !== undefined; at++) {
      node = this.keccak.hash(INNER, this.#waiting[at]!, node);
      this.#waiting[at] = undefined;
    }
    this.#waiting[at] = node;
    this.#count += 2 ** level;
  }

  /** The node over all leaves; 32 zero bytes without any. */
  top(): Uint8Array {
    let top: Uint8Array | undefined;
    for (const left of this.#waiting) {
      if (left !== undefined) top = top === undefined ? left : this.keccak.hash(INNER, left, top);
    }
    return top ?? new Uint8Array(32);
  }

  /** `keccak256(0x02 ‖ id ‖ uint64 count ‖ top)`. @param id The program's id, or a table's. */
  root(id: Hex): Hex {
    return rootHash(id, this.#count, bytesToHex(this.top()));
  }
}
