import { enteringValues } from "../document/checkProgram.js";
import { CONTINUITY_TOKENS, WINDOW_TERMS } from "../program/AttributionOp.js";
import type { ValueId } from "../program/Op.js";
import type { Block, Program } from "../program/Program.js";
import { newRow, type Row } from "../reference/Row.js";
import { rememberedValues } from "../reference/referenceRun.js";
import { shapesOf, visibleKeys } from "../reference/shapes.js";
import type { History } from "./fast/StageSource.js";
import { PAGE } from "./mixStages.js";
import type { BlockRequest } from "./RowProvider.js";

/**
 * What is kept of positions that have been run. `root`: digits and scales that later positions attend to, as far back as
 * windows reach. `proofs`: those of all positions, and the rows that enter each block, so that any block at any position can be
 * made again.
 */
export type TraceKeep = "root" | "proofs";

export class TraceMemory {
  private readonly kept = new Map<ValueId, KeptRows>();
  private readonly remembered: readonly ValueId[];

  constructor(
    private readonly program: Program,
    private readonly keep: TraceKeep,
  ) {
    const inputs =
      keep === "root"
        ? []
        : program.blocks.flatMap((block) => [
            ...(block.input === undefined ? [] : [block.input]),
            ...enteringValues(program, block),
          ]);
    this.remembered = rememberedValues(program);
    for (const value of [...this.remembered, ...inputs]) this.kept.set(value, new KeptRows(program, value));
  }

  /** Keeps rows of a block's values at the positions that follow those it has. */
  append({ from }: Block, values: readonly Row[]): void {
    for (const [i, rows] of values.entries()) this.kept.get(from + i)?.append(rows);
  }

  /** Histories at positions before one of the remembered values that a block makes, or that enter it. */
  histories(block: Block, position: number): ReadonlyMap<ValueId, History> {
    const entering = enteringValues(this.program, block);
    const found = this.remembered.filter(
      (value) => (value >= block.from && value < block.to) || entering.includes(value),
    );
    return new Map(found.map((value) => [value, this.kept.get(value)!.before(position)]));
  }

  /** What enters a block at a position. */
  entered(block: Block, position: number): Pick<BlockRequest, "input" | "entering"> {
    const at = (value: ValueId): Row => this.kept.get(value)!.at(position);
    const { input } = block;
    return {
      input: input === undefined ? undefined : at(input),
      entering: new Map(enteringValues(this.program, block).map((value) => [value, at(value)])),
    };
  }

  /** Drops what no position from this one on reads. */
  forget(position: number): void {
    if (this.keep === "proofs") return;
    for (const [value, rows] of this.kept) {
      const windows = windowsOver(this.program, value);
      const reach = windows.map((window) => visibleKeys(window, position).from);
      const first = Math.min(position, ...reach);
      // Pages are of whole blocks of positions.
      rows.drop(first - (first % PAGE));
    }
  }
}

/** Windows of what reads a value at earlier positions. */
function windowsOver({ ops }: Program, value: ValueId): (number | null)[] {
  return ops.flatMap((op) => {
    if (op.kind === "continuity") return op.credit === value ? [CONTINUITY_TOKENS + 1] : [];
    if (op.kind === "windowSum") return op.of === value ? [(WINDOW_TERMS - 1) * op.stride + 1] : [];
    const reads =
      op.kind === "scores" || op.kind === "mix"
        ? op.qkv.includes(value) || (op.kind === "scores" && op.scale === value)
        : op.kind === "weigh" && op.scale === value;
    return reads && "shape" in op ? [op.shape.window] : [];
  });
}

/** Rows of one width at positions from `first` on. */
class KeptRows {
  private readonly width: number;
  private memory: Row;
  private first = 0;
  private count = 0;

  constructor(program: Program, value: ValueId) {
    const shape = shapesOf(program)[value]!;
    this.width = shape.keyed ? 0 : shape.length;
    this.memory = newRow(shape.type, 0);
  }

  append(rows: Row): void {
    const needed = this.count * this.width + rows.length;
    if (needed > this.memory.length) {
      const type = this.memory.constructor as new (length: number) => Row;
      const grown = new type(Math.max(needed, Math.ceil(1.5 * this.memory.length)));
      grown.set(this.memory.subarray(0, this.count * this.width));
      this.memory = grown;
    }
    this.memory.set(rows, this.count * this.width);
    this.count += rows.length / this.width;
  }

  /** @param position at most one behind the last that is kept */
  before(position: number): History {
    return { first: this.first, rows: this.memory.subarray(0, (position - this.first) * this.width) };
  }

  at(position: number): Row {
    const from = (position - this.first) * this.width;
    return this.memory.subarray(from, from + this.width);
  }

  drop(first: number): void {
    if (first <= this.first) return;
    this.memory.copyWithin(0, (first - this.first) * this.width, this.count * this.width);
    this.count -= first - this.first;
    this.first = first;
  }
}
