import type { Table } from "../program/Program.js";
import { digitsOf } from "../program/TableOutline.js";
import type { StepMemory } from "./StepMemory.js";

/** Columns are filled up to this, and rows to fours: what the kernels read at once. */
export const COLUMNS = 16;
const ROWS = 4;

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
  private readonly held = new Map<Table, Held<PackedMatrix | number>>();

  constructor(private readonly memory: StepMemory) {}

  matrix(table: Table): PackedMatrix {
    if (table.kind !== "matrix") throw new Error(`the table is of kind ${table.kind}`);
    return this.hold(table, () => this.pack(table)) as PackedMatrix;
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

  private pack(table: Extract<Table, { kind: "matrix" }>): Omit<Held<PackedMatrix>, "holders"> {
    const { rows, columns } = table;
    const paddedRows = Math.ceil(rows / ROWS) * ROWS;
    const paddedColumns = Math.ceil(columns / COLUMNS) * COLUMNS;
    const planes = digitsOf(table) === 1 ? (["high"] as const) : (["high", "low"] as const);
    const bytes = paddedRows * paddedColumns;
    const pieces = this.takeAll([4 * paddedRows, ...planes.map(() => bytes)]);
    const [scales, ...digits] = pieces as [number, ...number[]];
    this.memory.floats(scales, rows).set(table.scales);
    for (const [i, plane] of planes.entries()) {
      packRows(table[plane]!, { rows, columns, paddedColumns }, this.memory.bytes(digits[i]!, bytes));
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

/** Rows in fours, sixteen digits of each in turn. */
function packRows(
  data: Int8Array,
  { rows, columns, paddedColumns }: { readonly rows: number; readonly columns: number; readonly paddedColumns: number },
  bytes: Uint8Array,
): void {
  const out = new Int8Array(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let n = 0; n < rows; n++) {
    const base = (n >> 2) * 4 * paddedColumns + (n & 3) * COLUMNS;
    const from = n * columns;
    for (let k = 0; k < columns; k += COLUMNS) {
      const length = Math.min(COLUMNS, columns - k);
      const to = base + k * 4;
      for (let i = 0; i < length; i++) out[to + i] = data[from + k + i]!;
    }
  }
}
