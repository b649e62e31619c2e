import type { Op, TableName, ValueId } from "../../program/Op.js";
import type { Arithmetic, Program, Table } from "../../program/Program.js";
import { integerOp } from "../../testing/integerOp.js";
import { ReferenceRows } from "../../testing/ReferenceRows.js";
import { lengthOf } from "../Fact.js";
import { Prover } from "../Prover.js";
import { proveBounds } from "../proveBounds.js";
import { escapesOf } from "./observedBounds.js";

/** A program of given rows of numbers, one a position, whatever they are, and operations on them. */
export class RowProgram {
  readonly x: ValueId;
  private readonly ops: Op[] = [];
  private readonly tables = new Map<TableName, Table>();

  constructor(
    private readonly rows: readonly (readonly number[])[],
    private readonly arithmetic: Arithmetic = "float",
  ) {
    const columns = rows[0]!.length;
    this.tables.set("zero", matrixOf([new Array<number>(columns).fill(0)]));
    const embedded = this.push({ kind: "embed", table: "zero" }, { shift: 0 });
    this.x = this.push({ kind: "addPosition", x: embedded, table: this.floats("rows", rows) });
  }

  /** @param shifts of an operation in integers */
  push(op: Op, shifts: { readonly [field: string]: number } = {}): ValueId {
    return this.ops.push(this.arithmetic === "float" ? op : integerOp(op, shifts)) - 1;
  }

  floats(name: TableName, rows: readonly (readonly number[])[]): TableName {
    const data = Float32Array.from(rows.flat());
    this.tables.set(name, { kind: "floats", rows: rows.length, columns: rows[0]!.length, data });
    return name;
  }

  integers(name: TableName, data: readonly number[]): TableName {
    this.tables.set(name, { kind: "integers", data: Int32Array.from(data) });
    return name;
  }

  /** @param weights integers, or integers and 128ths where there are two digits. */
  matrix(name: TableName, weights: readonly (readonly number[])[], scale = 1): TableName {
    this.tables.set(name, matrixOf(weights, scale));
    return name;
  }

  /** Scale and digits of a row. */
  quantize(x: ValueId, { groups = 1, levels = 127, count = 1, limits }: Partial<Quantising> = {}) {
    const limit = limits === undefined ? {} : { limit: this.floats(`limits.${this.ops.length}`, [limits]) };
    const scale = this.push({ kind: "rowScale", x, groups, levels, ...limit });
    const high = this.push({ kind: "quantize", x, scale });
    const digits =
      count === 1 ? ([high] as const) : ([high, this.push({ kind: "quantizeRest", x, scale, high })] as const);
    return { scale, digits };
  }

  get program(): Program {
    const shape = { hidden: 1, layers: 1, heads: 1, kvHeads: 1, headDim: 1, feedForward: 1, endToken: 0 };
    return {
      tier: "w8a8",
      arithmetic: this.arithmetic,
      ops: this.ops,
      tables: this.tables,
      blocks: [],
      shape: { ...shape, vocabulary: 1, maxPositions: this.rows.length },
      logits: 0,
      codes: undefined,
    };
  }

  /** What the program makes, what was proven of it, and what of that is not so. */
  run() {
    const { program } = this;
    const report = proveBounds(program);
    const tokens = this.rows.map(() => 0);
    const made = new ReferenceRows(program, tokens);
    return {
      report,
      row: (op: ValueId, position = this.rows.length - 1) => Array.from(made.row(op, position)),
      escapes: escapesOf(program, report, tokens),
    };
  }

  /** Bound of the Euclidean length of elements `from` to `to` of a value. */
  length(value: ValueId, from: number, to: number, effort: "rough" | "close" = "close"): number {
    const prover = new Prover(this.program);
    prover.advance();
    return lengthOf(prover.fact(value), from, to, effort);
  }
}

interface Quantising {
  readonly groups: number;
  readonly levels: number;
  readonly count: 1 | 2;
  readonly limits: readonly number[] | undefined;
}

function matrixOf(weights: readonly (readonly number[])[], scale = 1): Table {
  const all = weights.flat();
  const high = Int8Array.from(all, (w) => Math.round(w));
  const low = Int8Array.from(all, (w, i) => 128 * (w - high[i]!));
  const two = low.some((digit) => digit !== 0);
  const scales = new Float32Array(weights.length).fill(scale);
  return { kind: "matrix", rows: weights.length, columns: weights[0]!.length, high, scales, ...(two ? { low } : {}) };
}

/** Euclidean length. */
export function norm(row: readonly number[]): number {
  return Math.hypot(...row);
}
