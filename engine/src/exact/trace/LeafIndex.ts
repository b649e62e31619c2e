import { valuesRead } from "../document/valuesRead.js";
import { ExactError } from "../errors.js";
import type { ValueId } from "../program/Op.js";
import type { Program } from "../program/Program.js";
import { shapesOf } from "../reference/shapes.js";
import { type LeafPlace, partCount } from "./layout.js";

/**
 * Where each leaf of a trace stands among all of them.
 *
 * Operations have a number of leaves that is the same at every position, or one that grows with the keys that a position
 * sees. Those that grow in the same way are counted once, position by position, when the index is made; a look-up is two
 * binary searches.
 */
export class LeafIndex {
  /** Operations that stand for all that grow as they do. */
  private readonly growing: ValueId[] = [];
  /** Leaves of the fixed operations before each, `[operations + 1]`. */
  private readonly fixedBefore: Float64Array;
  /** Growing operations of each way before each operation, `[operations + 1, ways]`. */
  private readonly growingBefore: Int32Array;
  /** Leaves that one operation of each way has before a position, `[ways, positions + 1]`. */
  private readonly grown: Float64Array;
  /** Leaves before each position, `[positions + 1]`. */
  private readonly starts: Float64Array;

  constructor(
    private readonly program: Program,
    readonly positions: number,
  ) {
    const { ops } = program;
    const ways = waysOf(program, this.growing);
    const count = this.growing.length;
    this.fixedBefore = new Float64Array(ops.length + 1);
    this.growingBefore = new Int32Array((ops.length + 1) * count);
    for (const [op, way] of ways.entries()) {
      const fixed = way === undefined ? partCount(program, op, 0) : 0;
      this.fixedBefore[op + 1] = this.fixedBefore[op]! + fixed;
      for (let i = 0; i < count; i++) {
        this.growingBefore[(op + 1) * count + i] = this.growingBefore[op * count + i]! + (i === way ? 1 : 0);
      }
    }
    this.grown = new Float64Array(count * (positions + 1));
    for (const [way, op] of this.growing.entries()) {
      const from = way * (positions + 1);
      for (let position = 0; position < positions; position++) {
        this.grown[from + position + 1] = this.grown[from + position]! + partCount(program, op, position);
      }
    }
    this.starts = new Float64Array(positions + 1);
    for (let position = 0; position < positions; position++) {
      this.starts[position + 1] = this.starts[position]! + this.before(ops.length, position);
    }
  }

  /** Leaves of the whole trace. */
  get count(): number {
    return this.starts[this.positions]!;
  }

  /** @throws ExactError `trace_malformed` where the trace has no such leaf. */
  indexOf({ op, position, part }: LeafPlace): number {
    this.requireRow(op, position);
    const from = this.before(op, position);
    const parts = this.before(op + 1, position) - from;
    if (!Number.isInteger(part) || part < 0 || part >= parts) {
      throw new ExactError(
        "trace_malformed",
        `Operation ${op} has ${parts} parts at position ${position}, no part ${part}.`,
      );
    }
    return this.starts[position]! + from + part;
  }

  /** @throws ExactError `trace_malformed` where the trace has no such leaf. */
  placeOf(index: number): LeafPlace {
    if (!Number.isInteger(index) || index < 0 || index >= this.count) {
      throw new ExactError("trace_malformed", `The trace has ${this.count} leaves, no leaf ${index}.`);
    }
    const position = lastBelow(this.positions, (at) => this.starts[at]! <= index);
    const within = index - this.starts[position]!;
    const op = lastBelow(this.program.ops.length, (at) => this.before(at, position) <= within);
    return { op, position, part: within - this.before(op, position) };
  }

  /** Leaves of the operations before one, at a position. */
  private before(op: ValueId, position: number): number {
    const ways = this.growing.length;
    let leaves = this.fixedBefore[op]!;
    for (let way = 0; way < ways; way++) {
      const at = way * (this.positions + 1) + position;
      leaves += this.growingBefore[op * ways + way]! * (this.grown[at + 1]! - this.grown[at]!);
    }
    return leaves;
  }

  private requireRow(op: ValueId, position: number): void {
    const ops = this.program.ops.length;
    const isOp = Number.isInteger(op) && op >= 0 && op < ops;
    if (isOp && Number.isInteger(position) && position >= 0 && position < this.positions) return;
    throw new ExactError(
      "trace_malformed",
      `The trace has ${ops} operations at ${this.positions} positions, no operation ${op} at ${position}.`,
    );
  }
}

/**
 * The way in which each operation's leaves grow: what it is, over which rows; undefined where they do not.
 * @param growing The first operation of each way, filled here.
 */
function waysOf(program: Program, growing: ValueId[]): (number | undefined)[] {
  const shapes = shapesOf(program);
  const known = new Map<string, number>();
  return program.ops.map((op, index) => {
    const rows = [index, ...valuesRead(op)].map((value) => shapes[value]!);
    if (!rows.some(({ keyed }) => keyed)) return undefined;
    const key = JSON.stringify([op.kind, rows, "shape" in op ? op.shape : null]);
    const way = known.get(key) ?? growing.push(index) - 1;
    known.set(key, way);
    return way;
  });
}

/** The largest integer below `end` for which a property holds that holds for 0 and ends somewhere. */
function lastBelow(end: number, holds: (at: number) => boolean): number {
  let [low, high] = [0, end];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (holds(middle)) low = middle;
    else high = middle;
  }
  return low;
}
