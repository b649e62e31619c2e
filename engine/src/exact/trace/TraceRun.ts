import { type Keccak, TraceRowHasher } from "@openledger/sdk";
import type { CommittedProgram } from "../document/CommittedProgram.js";
import { enteringValues } from "../document/checkProgram.js";
import { ExactError } from "../errors.js";
import type { ValueId } from "../program/Op.js";
import type { Block, Program } from "../program/Program.js";
import { elementBytes } from "../reference/elementBytes.js";
import type { Row } from "../reference/Row.js";
import { BlockWindow, requireRows } from "./BlockWindow.js";
import { stageRows } from "./fast/stageRows.js";
import type { BlockRequest, BlockRows, RowProvider } from "./RowProvider.js";
import { LEAF_BYTES } from "./Stage.js";
import { type TraceKeep, TraceMemory } from "./TraceMemory.js";

/** Positions that are run and hashed at a time, unless said otherwise. */
const STRIDE = 64;

export interface TraceInputs {
  readonly keccak: Keccak;
  readonly program: Pick<CommittedProgram, "program" | "id">;
  /** Of the whole sequence, at least one. */
  readonly tokens: readonly number[];
  readonly provider: RowProvider;
  /** Positions that the provider is asked for at a time, and whose rows of one block are in memory; 64 if absent. */
  readonly stride?: number;
}

/** One execution of a program, block by block: its leaves' nodes in their order, and blocks made again. */
export class TraceRun {
  private readonly memory: TraceMemory;
  private readonly hasher: TraceRowHasher;
  private readonly program: Program;
  /** What enters some block besides residual rows. */
  private readonly entering: readonly ValueId[];

  /** @throws ExactError `token_out_of_range`, `position_out_of_range` */
  constructor(
    private readonly inputs: TraceInputs,
    keep: TraceKeep,
  ) {
    this.program = inputs.program.program;
    requireTokens(this.program, inputs.tokens);
    this.entering = this.program.blocks.flatMap((block) => enteringValues(this.program, block));
    this.memory = new TraceMemory(this.program, keep);
    this.hasher = new TraceRowHasher(inputs.keccak, inputs.program.id, LEAF_BYTES);
  }

  /**
   * Runs the whole sequence and hands out the nodes of all leaves, `[n, 32]` at a time. Rows of one block at `stride`
   * positions are in memory, with their nodes, and what `TraceMemory` keeps.
   *
   * @throws ExactError `row_malformed` where the provider gives other rows than the program has, `bound_violated`.
   */
  async nodes(take: (nodes: Uint8Array) => void): Promise<void> {
    const { tokens, stride = STRIDE } = this.inputs;
    for (let from = 0; from < tokens.length; from += stride) {
      const span = { from, to: Math.min(from + stride, tokens.length) };
      const made: Uint8Array[][] = Array.from({ length: span.to - from }, () => []);
      let input: Row | undefined;
      const entering = new Map<ValueId, Row>();
      for (const [index, block] of this.program.blocks.entries()) {
        const past = this.memory.histories(block, from);
        const entered = { block: index, ...span, tokens, input, entering };
        const { values } = await this.inputs.provider.rows({ ...entered, past });
        const window = this.remember(block, entered, values);
        for (const value of this.entering) if (isOf(block, value)) entering.set(value, values[value - block.from]!);
        for (let position = from; position < span.to; position++) {
          made[position - from]!.push(this.blockNodes(window, position));
        }
        input = block.output === undefined ? undefined : values[block.output - block.from];
      }
      for (const nodes of made.flat()) take(nodes);
      this.memory.forget(span.to);
    }
  }

  /** One block at one position, made again. Of a run that keeps `proofs`, after `nodes`. */
  async block(index: number, position: number): Promise<BlockWindow> {
    const block = this.program.blocks[index]!;
    const span = { from: position, to: position + 1 };
    const { tokens, provider } = this.inputs;
    const entered = { block: index, ...span, tokens, ...this.memory.entered(block, position) };
    const { values } = await provider.rows({ ...entered, past: this.memory.histories(block, position) });
    requireRows(this.program, block, span, values);
    return new BlockWindow(this.program, block, entered, values, this.memory.histories(block, span.to));
  }

  /** Nodes of all leaves of an operation at a position. */
  opNodes(window: BlockWindow, op: ValueId, position: number): Uint8Array {
    this.addOp(window, op, position);
    return this.hasher.take();
  }

  private blockNodes(window: BlockWindow, position: number): Uint8Array {
    for (let op = window.block.from; op < window.block.to; op++) this.addOp(window, op, position);
    return this.hasher.take();
  }

  private addOp(window: BlockWindow, op: ValueId, position: number): void {
    let part = 0;
    for (const row of stageRows(this.program, op, position, window.at(position))) {
      part += this.hasher.add(op, position, part, elementBytes(row));
    }
  }

  private remember(block: Block, entered: Omit<BlockRequest, "past">, values: BlockRows["values"]): BlockWindow {
    requireRows(this.program, block, entered, values);
    this.memory.append(block, values);
    return new BlockWindow(this.program, block, entered, values, this.memory.histories(block, entered.to));
  }
}

function isOf({ from, to }: Block, value: ValueId): boolean {
  return value >= from && value < to;
}

function requireTokens({ shape }: Program, tokens: readonly number[]): void {
  if (tokens.length < 1 || tokens.length > shape.maxPositions) {
    throw new ExactError(
      "position_out_of_range",
      `A trace has 1 to ${shape.maxPositions} positions under this program; ${tokens.length} tokens are given.`,
    );
  }
  const position = tokens.findIndex((token) => !Number.isInteger(token) || token < 0 || token >= shape.vocabulary);
  if (position === -1) return;
  throw new ExactError(
    "token_out_of_range",
    `Token ${tokens[position]} at position ${position} is not one of ${shape.vocabulary}.`,
  );
}
