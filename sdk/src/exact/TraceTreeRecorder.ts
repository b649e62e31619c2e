import { joinBytes } from "../bytes/pack.js";
import { InvalidValueError } from "../errors/InvalidValueError.js";
import type { Keccak } from "./Keccak.js";
import { type LeafSource, TraceTree } from "./TraceTree.js";
import { TraceTreeBuilder } from "./TraceTreeBuilder.js";

/** Leaves under one kept node: 2^10, so that a billion leaves keep 64 MiB and a proof recomputes a thousand rows. */
const BLOCK_LEVEL = 10;

/** Takes leaf after leaf and keeps one node of every 2^blockLevel, so that proofs can be made later from recomputed leaves. */
export class TraceTreeRecorder {
  readonly #blocks: Uint8Array[] = [];
  readonly #blockLevel: number;
  #block: TraceTreeBuilder;

  constructor(
    readonly keccak: Keccak,
    options: { readonly blockLevel?: number } = {},
  ) {
    this.#blockLevel = options.blockLevel ?? BLOCK_LEVEL;
    if (!Number.isInteger(this.#blockLevel) || this.#blockLevel < 0 || this.#blockLevel > 30) {
      throw new InvalidValueError("blockLevel", "0 to 30", this.#blockLevel);
    }
    this.#block = new TraceTreeBuilder(keccak);
  }

  get count(): number {
    return this.#blocks.length * 2 ** this.#blockLevel + this.#block.count;
  }

  /** @param leaf 32 bytes, from `traceLeaf`; kept, so not to be changed after. @throws InvalidValueError */
  append(leaf: Uint8Array): void {
    this.#block.append(leaf);
    this.#closeFull();
  }

  /** @param nodes `[n, 32]` leaves. @throws InvalidValueError */
  appendAll(nodes: Uint8Array): void {
    for (let at = 0; at < nodes.length; ) {
      const end = at + 32 * (2 ** this.#blockLevel - this.#block.count);
      this.#block.appendAll(nodes.subarray(at, end));
      this.#closeFull();
      at = end;
    }
  }

  #closeFull(): void {
    if (this.#block.count < 2 ** this.#blockLevel) return;
    this.#blocks.push(this.#block.top());
    this.#block = new TraceTreeBuilder(this.keccak);
  }

  /** The tree of what was appended. @param leaves Gives the same leaves again, a block at a time, when a proof needs them. */
  tree(leaves: LeafSource): TraceTree {
    const blocks = this.#block.count === 0 ? this.#blocks : [...this.#blocks, this.#block.top()];
    return new TraceTree(this.keccak, {
      count: this.count,
      blockLevel: this.#blockLevel,
      blocks: joinBytes(blocks),
      leaves,
    });
  }
}
