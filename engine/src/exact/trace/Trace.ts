import { type TraceTree, TraceTreeRecorder } from "@openledger/sdk";
import type { Hex } from "../../attribute/hex.js";
import type { ValueId } from "../program/Op.js";
import { elementBytes } from "../reference/elementBytes.js";
import type { BlockWindow } from "./BlockWindow.js";
import { stageRows } from "./fast/stageRows.js";
import { LeafIndex } from "./LeafIndex.js";
import type { LeafPlace } from "./layout.js";
import { LEAF_BYTES } from "./Stage.js";
import { type TraceInputs, TraceRun } from "./TraceRun.js";

/** Leaves under one kept node, 2^6: a proof makes those of a block or two again, and nodes take a byte or two a leaf. */
const KEPT_LEVEL = 6;
/** A root alone keeps a node of 2^20 leaves. */
const ROOT_LEVEL = 20;

/** What an execution is committed by. */
export interface TraceRoot {
  /** sdk's `rootHash(programId, count, top)`. */
  readonly root: Hex;
  /** Leaves: `LeafIndex.count` of as many positions. */
  readonly count: number;
}

/** The root of a trace of any length, in the memory that attention needs. @throws ExactError as `TraceRun` */
export async function traceRoot(inputs: TraceInputs): Promise<TraceRoot> {
  const recorder = new TraceTreeRecorder(inputs.keccak, { blockLevel: ROOT_LEVEL });
  await new TraceRun(inputs, "root").nodes((nodes) => recorder.appendAll(nodes));
  const tree = recorder.tree(() => new Uint8Array(0));
  return { root: tree.root(inputs.program.id), count: tree.count };
}

/**
 * A trace whose leaves are made again when they are asked for: one block at one position at a time, from the rows that
 * entered it and the keys and values before it.
 */
export class Trace implements TraceRoot {
  readonly root: Hex;
  readonly count: number;
  readonly index: LeafIndex;
  private readonly tree: TraceTree;
  private latest: { readonly block: number; readonly position: number; readonly window: BlockWindow } | undefined;

  private constructor(
    readonly inputs: TraceInputs,
    private readonly run: TraceRun,
    recorder: TraceTreeRecorder,
  ) {
    this.index = new LeafIndex(inputs.program.program, inputs.tokens.length);
    this.tree = recorder.tree((first, count) => this.nodes(first, count));
    this.root = this.tree.root(inputs.program.id);
    this.count = this.tree.count;
  }

  /** Runs a sequence and records its nodes. @throws ExactError as `TraceRun` */
  static async record(inputs: TraceInputs): Promise<Trace> {
    const run = new TraceRun(inputs, "proofs");
    const recorder = new TraceTreeRecorder(inputs.keccak, { blockLevel: KEPT_LEVEL });
    await run.nodes((nodes) => recorder.appendAll(nodes));
    return new Trace(inputs, run, recorder);
  }

  /** Bytes of a leaf. @throws ExactError `trace_malformed` where there is none. */
  async leaf(place: LeafPlace): Promise<Uint8Array> {
    this.index.indexOf(place);
    const { op, position, part } = place;
    const window = (await this.window(op, position)).at(position);
    let leaf = part;
    for (const row of stageRows(this.inputs.program.program, op, position, window)) {
      const bytes = elementBytes(row);
      if (LEAF_BYTES * leaf < bytes.length) return bytes.slice(LEAF_BYTES * leaf, LEAF_BYTES * (leaf + 1));
      leaf -= Math.ceil(bytes.length / LEAF_BYTES);
    }
    throw new Error(`operation ${op} has no part ${part} at position ${position}, which the index has`);
  }

  /** Siblings of a leaf, for `verifyNode`. @throws ExactError `trace_malformed` where there is none. */
  async proof(place: LeafPlace): Promise<Uint8Array[]> {
    return await this.tree.proof({ level: 0, index: this.index.indexOf(place) });
  }

  /** The nodes `depth` levels under a node, `[n, 32]`, for `verifyReveal`. @throws InvalidValueError where there is none. */
  async reveal(node: { readonly level: number; readonly index: number }, depth: number): Promise<Uint8Array> {
    return await this.tree.reveal(node, depth);
  }

  private async nodes(first: number, count: number): Promise<Uint8Array> {
    const nodes = new Uint8Array(32 * count);
    for (let at = 0; at < count; ) {
      const { op, position, part } = this.index.placeOf(first + at);
      const made = this.run.opNodes(await this.window(op, position), op, position);
      const taken = made.subarray(32 * part, 32 * (part + count - at));
      nodes.set(taken, 32 * at);
      at += taken.length / 32;
    }
    return nodes;
  }

  private async window(op: ValueId, position: number): Promise<BlockWindow> {
    const block = this.inputs.program.program.blocks.findIndex(({ to }) => op < to);
    if (this.latest?.block !== block || this.latest.position !== position) {
      this.latest = { block, position, window: await this.run.block(block, position) };
    }
    return this.latest.window;
  }
}
