import type { TableName } from "../program/Op.js";
import type { Table } from "../program/Program.js";
import type { RowReader } from "../program/RowReader.js";
import { digitsOf } from "../program/TableOutline.js";
import type { StepMemory } from "./StepMemory.js";

/** Columns are filled up to this, and rows to fours: what the kernels read at once. */
export const COLUMNS = 16;
const ROWS = 4;
/** Bytes of rows that are read at a time. */
const READ_BYTES = 2 ** 20;

/** A matrix in the kernels' memory. */
export interface PackedMatrix {
  /** Rows, with zeros up to a multiple of four. */
  readonly paddedRows: number;
  /** Columns, with zeros up to a multiple of sixteen. */
  readonly paddedColumns: number;
  /** Packed rows of each digit. */
  readonly digits: readonly number[];
  /** f32 [paddedRows] */
  readonly scales: number;
}

interface Held<T> {
  readonly value: T;
  readonly pieces: readonly number[];
  holders: number;
}

/**
 * Tables in the kernels' memory, each once, however many programs share it. Each request of a table is one holder; a table
 * that its last holder lets go is given back.
 */
export class StepTables {
  private read = new Int8Array();
  private readonly held = new Map<Table, Held<PackedMatrix | number>>();

  constructor(private readonly memory: StepMemory) {}

  /** @param name by which `reader` knows the table */
  matrix(table: Table, name: TableName, reader: RowReader): PackedMatrix {
    if (table.kind !== "matrix") throw new Error(`the table is of kind ${table.kind}`);
    return this.hold(table, () => this.pack(table, name, reader)) as PackedMatrix;
  }

  /** Floats as they are, integers as floats: f32, with room to a multiple of four. */
  vector(table: Table): number {
    if (table.kind !== "floats" && table.kind !== "integers") throw new Error(`the table is of kind ${table.kind}`);
    return this.hold(table, () => this.floats(table.data)) as number;
  }

  letGo(table: Table): void {
    const held = this.held.get(table);
    if (held === undefined) throw new Error("the table is not held");
    held.holders -= 1;
    if (held.holders > 0) return;
    this.held.delete(table);
    for (const piece of held.pieces) this.memory.give(piece);
  }

  private hold(table: Table, make: () => Omit<Held<PackedMatrix | number>, "holders">): PackedMatrix | number {
    let held = this.held.get(table);
    if (held === undefined) {
      held = { ...make(), holders: 0 };
      this.held.set(table, held);
    }
    held.holders += 1;
    return held.value;
  }

  private floats(data: ArrayLike<number>): Omit<Held<number>, "holders"> {
    const pointer = this.memory.takeZeros(4 * Math.ceil(data.length / ROWS) * ROWS);
    this.memory.floats(pointer, data.length).set(data);
    return { value: pointer, pieces: [pointer] };
  }

  private pack(
    table: Extract<Table, { kind: "matrix" }>,
    name: TableName,
    reader: RowReader,
  ): Omit<Held<PackedMatrix>, "holders"> {
    const { rows, columns } = table;
    const paddedRows = Math.ceil(rows / ROWS) * ROWS;
    const paddedColumns = Math.ceil(columns / COLUMNS) * COLUMNS;
    const planes = digitsOf(table) === 1 ? (["high"] as const) : (["high", "low"] as const);
    const bytes = paddedRows * paddedColumns;
    const pieces = this.takeAll([4 * paddedRows, ...planes.map(() => bytes)]);
    const [scales, ...digits] = pieces as [number, ...number[]];
    this.memory.floats(scales, rows).set(table.scales);
    const step = Math.max(1, Math.floor(READ_BYTES / columns));
    if (this.read.length < Math.min(step, rows) * columns) this.read = new Int8Array(Math.min(step, rows) * columns);
    for (const [i, digit] of planes.entries()) {
      const packed = this.memory.codes(digits[i]!, bytes);
      for (let from = 0; from < rows; from += step) {
        const to = Math.min(rows, from + step);
        const data = this.read.subarray(0, (to - from) * columns);
        reader.readDigits({ table: name, digit, from, to }, data);
        packRows(data, { from, to, columns, paddedColumns }, packed);
      }
    }
    return { value: { paddedRows, paddedColumns, digits, scales }, pieces };
  }

  /** All of the pieces, or none. */
  private takeAll(sizes: readonly number[]): number[] {
    const pieces: number[] = [];
    try {
      for (const bytes of sizes) pieces.push(this.memory.takeZeros(bytes));
      return pieces;
    } catch (error) {
      for (const piece of pieces) this.memory.give(piece);
      throw error;
    }
  }
}

/** Rows `from` to `to` in fours, sixteen digits of each in turn. */
function packRows(
  data: Int8Array,
  {
    from,
    to,
    columns,
    paddedColumns,
  }: { readonly from: number; readonly to: number; readonly columns: number; readonly paddedColumns: number },
  out: Int8Array,
): void {
  for (let n = from; n < to; n++) {
    const base = (n >> 2) * 4 * paddedColumns + (n & 3) * COLUMNS;
    const row = (n - from) * columns;
    for (let k = 0; k < columns; k += COLUMNS) {
      const length = Math.min(COLUMNS, columns - k);
      const at = base + k * 4;
      for (let i = 0; i < length; i++) out[at + i] = data[row + k + i]!;
    }
  }
}
