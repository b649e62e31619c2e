import type { Hex } from "viem";
import { packHex } from "../bytes/pack.js";
import { InvalidValueError } from "../errors/InvalidValueError.js";
import type { Keccak } from "./Keccak.js";
import { TRACE_LEAF_BYTES } from "./traceLeaf.js";
import { TRACE_TAG_BYTES, writePlace } from "./traceTag.js";

/** Hashes rows of one program's traces, cut in leaves, into one run of nodes: as `traceLeaf` of each, without an object a leaf. */
export class TraceRowHasher {
  readonly #tag = new Uint8Array(TRACE_TAG_BYTES);
  readonly #place = new DataView(this.#tag.buffer);
  #nodes = new Uint8Array(32 * 1024);
  #count = 0;

  /** @param leafBytes Bytes of each leaf of a row but its last, 1 to 4,096. @throws InvalidValueError */
  constructor(
    readonly keccak: Keccak,
    programId: Hex,
    readonly leafBytes: number,
  ) {
    if (!(Number.isInteger(leafBytes) && leafBytes >= 1 && leafBytes <= TRACE_LEAF_BYTES)) {
      throw new InvalidValueError("leafBytes", `1 to ${TRACE_LEAF_BYTES}`, leafBytes);
    }
    this.#tag.set(packHex("programId", programId, 32), 1);
  }

  /**
   * Adds the leaves of a row. Bytes are read at once.
   * @param firstPart Part of the row's first leaf. @returns How many leaves were added.
   * @throws InvalidValueError on an empty row, and on a place beyond 32 bits.
   */
  add(op: number, position: number, firstPart: number, row: Uint8Array): number {
    if (row.length === 0) throw new InvalidValueError("row", "at least a byte", row);
    const leaves = Math.ceil(row.length / this.leafBytes);
    this.#reserve(leaves);
    for (let leaf = 0; leaf < leaves; leaf++) {
      writePlace(this.#place, 0, op, position, firstPart + leaf);
      const bytes = row.subarray(leaf * this.leafBytes, (leaf + 1) * this.leafBytes);
      this.keccak.add(this.#tag, bytes, this.#nodes, 32 * this.#count);
      this.#count += 1;
    }
    return leaves;
  }

  /** Nodes `[n, 32]` of all leaves added since the last call, in order. */
  take(): Uint8Array {
    this.keccak.flush();
    const taken = this.#nodes.slice(0, 32 * this.#count);
    this.#count = 0;
    return taken;
  }

  #reserve(leaves: number): void {
    const needed = 32 * (this.#count + leaves);
    if (needed <= this.#nodes.length) return;
    this.keccak.flush();
    const grown = new Uint8Array(Math.max(needed, 2 * this.#nodes.length));
    grown.set(this.#nodes);
    this.#nodes = grown;
  }
}
