import { type Keccak, TRACE_LEAF_BYTES, TraceRowHasher, type TraceTree, TraceTreeRecorder } from "@openledger/sdk";
import type { Hex } from "../../attribute/hex.js";
import type { Program } from "../program/Program.js";
import { LeafIndex } from "../trace/LeafIndex.js";
import type { LeafPlace } from "../trace/layout.js";
import type { LeafOpener } from "../trace/openElement.js";
import { StageRows } from "../trace/StageRows.js";
import { ReferenceRows } from "./ReferenceRows.js";

interface Listed {
  readonly keccak: Keccak;
  readonly program: { readonly program: Program; readonly id: Hex };
  readonly index: LeafIndex;
  readonly leaves: readonly Uint8Array[];
  /** Their hashes, `[leaves, 32]`. */
  readonly nodes: Uint8Array;
}

/** A trace of which every leaf is at hand, honest or changed. */
export class LeafList implements LeafOpener {
  readonly root: Hex;
  private readonly tree: TraceTree;

  private constructor(private readonly listed: Listed) {
    const recorder = new TraceTreeRecorder(listed.keccak, { blockLevel: 4 });
    recorder.appendAll(listed.nodes);
    this.tree = recorder.tree((first, count) => listed.nodes.slice(32 * first, 32 * (first + count)));
    this.root = this.tree.root(listed.program.id);
  }

  /** An honest trace, leaf by leaf as the steps make it. */
  static honest(keccak: Keccak, program: Listed["program"], tokens: readonly number[]): LeafList {
    const index = new LeafIndex(program.program, tokens.length);
    const { row, token } = new ReferenceRows(program.program, tokens);
    const stages = new StageRows(program.program, row, token);
    const hasher = hasherOf(keccak, program);
    const leaves: Uint8Array[] = [];
    for (const position of tokens.keys()) {
      for (const op of program.program.ops.keys()) {
        for (const [part, bytes] of stages.leaves(op, position).entries()) {
          hasher.add(op, position, part, bytes);
          leaves.push(bytes);
        }
      }
    }
    return new LeafList({ keccak, program, index, leaves, nodes: hasher.take() });
  }

  /** The same trace with one leaf's bytes changed, and the tree over it. */
  with(place: LeafPlace, change: (bytes: Uint8Array) => Uint8Array): LeafList {
    const { keccak, program, index } = this.listed;
    const [leaves, nodes] = [[...this.listed.leaves], this.listed.nodes.slice()];
    const at = index.indexOf(place);
    leaves[at] = change(leaves[at]!.slice());
    const hasher = hasherOf(keccak, program);
    hasher.add(place.op, place.position, place.part, leaves[at]);
    nodes.set(hasher.take(), 32 * at);
    return new LeafList({ ...this.listed, leaves, nodes });
  }

  bytes(place: LeafPlace): Uint8Array {
    return this.listed.leaves[this.listed.index.indexOf(place)]!;
  }

  async leaf(place: LeafPlace): Promise<Uint8Array> {
    return this.bytes(place);
  }

  async proof(place: LeafPlace): Promise<Uint8Array[]> {
    return await this.tree.proof({ level: 0, index: this.listed.index.indexOf(place) });
  }
}

/** Leaves of any length that a leaf may have, each added by itself. */
function hasherOf(keccak: Keccak, { id }: Listed["program"]): TraceRowHasher {
  return new TraceRowHasher(keccak, id, TRACE_LEAF_BYTES);
}
