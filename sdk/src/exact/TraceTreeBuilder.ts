import { bytesToHex, type Hex } from "viem";
import { InvalidValueError } from "../errors/InvalidValueError.js";
import { rootHash } from "../merkle/node.js";
import type { Keccak } from "./Keccak.js";

const INNER = Uint8Array.of(0x01);

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
    let node = leaf;
    let level = 0;
    for (; this.#waiting[level] !== undefined; level++) {
      node = this.keccak.hash(INNER, this.#waiting[level]!, node);
      this.#waiting[level] = undefined;
    }
    this.#waiting[level] = node;
    this.#count += 1;
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
