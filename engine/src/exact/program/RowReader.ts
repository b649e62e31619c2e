import { ExactError } from "../errors.js";
import type { TableName } from "./Op.js";
import type { Program, Table } from "./Program.js";

/** Rows of one digit of a matrix, `from` (inclusive) to `to` (exclusive). */
export interface DigitRange {
  readonly table: TableName;
  readonly digit: "high" | "low";
  readonly from: number;
  readonly to: number;
}

/** Reads some rows of a table that is too large to hold for them. */
export interface RowReader {
  /**
   * @param from inclusive @param to exclusive
   * @returns a table of these rows alone, of a matrix or of floats.
   * @throws ExactError `rows_out_of_range`
   */
  readRows(table: TableName, from: number, to: number): Table;
  /**
   * Reads digits into memory of exactly their number, rows one after another.
   * @throws ExactError `rows_out_of_range`
   */
  readDigits(range: DigitRange, into: Int8Array): void;
}

/** Reads rows of a program that holds its tables; they share its memory. */
export function rowReaderOf({ tables }: Program): RowReader {
  return {
    readRows(name, from, to) {
      const table = tables.get(name);
      if (table?.kind !== "matrix" && table?.kind !== "floats") return requireRows(name, undefined, from, to);
      requireRows(name, table.rows, from, to);
      return rowsOf(table, from, to);
    },
    readDigits({ table: name, digit, from, to }, into) {
      const table = tables.get(name);
      const data = table?.kind === "matrix" ? table[digit] : undefined;
      if (table?.kind !== "matrix" || data === undefined) {
        requireRows(name, undefined, from, to);
        return;
      }
      requireRows(name, table.rows, from, to);
      into.set(data.subarray(from * table.columns, to * table.columns));
    },
  };
}

/** @param rows Of the table; undefined where it has none. @throws ExactError `rows_out_of_range` */
export function requireRows(table: TableName, rows: undefined, from: number, to: number): never;
export function requireRows(table: TableName, rows: number | undefined, from: number, to: number): void;
export function requireRows(table: TableName, rows: number | undefined, from: number, to: number): void {
  if (rows !== undefined && Number.isInteger(from) && Number.isInteger(to) && from >= 0 && from < to && to <= rows)
    return;
  throw new ExactError(
    "rows_out_of_range",
    `Rows ${from} to ${to} of table "${table}" are asked for, which has ${rows ?? "none"}.`,
  );
}

function rowsOf(table: Extract<Table, { kind: "matrix" | "floats" }>, from: number, to: number): Table {
  const { columns } = table;
  const [start, end] = [from * columns, to * columns];
  if (table.kind === "floats")
    return { kind: "floats", rows: to - from, columns, data: table.data.subarray(start, end) };
  return {
    kind: "matrix",
    rows: to - from,
    columns,
    high: table.high.subarray(start, end),
    scales: table.scales.subarray(from, to),
    ...(table.low === undefined ? {} : { low: table.low.subarray(start, end) }),
  };
}
