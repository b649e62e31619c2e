import { CODE_BYTES } from "../../program/AttributionOp.js";
import { type ElementType, elementTypeOf, newRow, type Row } from "../../reference/Row.js";
import { referenceOp } from "../../reference/referenceOp.js";
import { rowToHex } from "../rowHex.js";
import { type OpVector, opCase, type VectorInput, type VectorTable } from "../vectors.js";

/** A vector as it is written down: what the reference makes of it is added by `vectorOf`. */
export interface VectorDraft {
  readonly name: string;
  readonly arithmetic?: "integer";
  readonly op: OpVector["op"] & { readonly kind: OpVector["kind"] };
  readonly position?: number;
  readonly inputs?: readonly InputDraft[];
  readonly tables?: { readonly [name: string]: VectorTable };
  readonly token?: number;
  readonly following?: number;
}

/** Rows that end at the vector's position. */
export type InputDraft = Omit<VectorInput, "from" | "rows"> & { readonly rows: readonly Row[] };

export function vectorOf(draft: VectorDraft): OpVector {
  const { name, arithmetic, op, position = 0, inputs = [], tables = {}, token, following } = draft;
  const vector = {
    name,
    ...(arithmetic === undefined ? {} : { arithmetic }),
    kind: op.kind,
    position,
    op,
    inputs: inputs.map(({ rows, ...input }) => ({
      ...input,
      from: position - rows.length + 1,
      rows: rows.map(rowToHex),
    })),
    tables,
    ...(token === undefined ? {} : { token }),
    ...(following === undefined ? {} : { following }),
  };
  const { program, op: index, source } = opCase({ ...vector, output: { type: "u8", row: "" } });
  const row = referenceOp(program, index, position, source);
  return { ...vector, output: { type: elementTypeOf(row), row: rowToHex(row) } };
}

export function rowFrom(type: ElementType, elements: readonly number[]): Row {
  const row = newRow(type, elements.length);
  row.set(elements);
  return row;
}

/** A row that only this position is read at. */
export function fixed(type: ElementType, elements: readonly number[]): InputDraft {
  return { type, width: elements.length, rows: [rowFrom(type, elements)] };
}

/** Rows of earlier positions and of this one. */
export function history(type: ElementType, rows: readonly (readonly number[])[]): InputDraft {
  return { type, width: rows[0]!.length, rows: rows.map((row) => rowFrom(type, row)) };
}

/** A row of heads with an element for each visible key. */
export function keyed(type: ElementType, window: number | null, heads: readonly (readonly number[])[]): InputDraft {
  return { type, width: heads.length, keyed: { window }, rows: [rowFrom(type, heads.flat())] };
}

export function floats(rows: number, data: readonly number[]): VectorTable {
  return { kind: "floats", rows, columns: data.length / rows, data: rowToHex(Float32Array.from(data)) };
}

export function integers(data: readonly number[]): VectorTable {
  return { kind: "integers", rows: 1, columns: data.length, data: rowToHex(Int32Array.from(data)) };
}

export interface IndexDraft {
  /** Of each record, position by position. */
  readonly records: readonly (readonly Posting[])[];
  /** By token. */
  readonly thresholds: readonly number[];
}

export interface Posting {
  readonly token: number;
  readonly surprise: number;
  /** 16 bytes. */
  readonly code: readonly number[];
}

const NOTHING: Posting = { token: 0, surprise: 0, code: new Array<number>(CODE_BYTES).fill(0) };

export function indexTable({ records, thresholds }: IndexDraft): VectorTable {
  const columns = Math.max(1, ...records.map((record) => record.length));
  const all = records.flatMap((record) => Array.from({ length: columns }, (_, at) => record[at] ?? NOTHING));
  return {
    kind: "index",
    rows: records.length,
    columns,
    entries: rowToHex(Int32Array.from(all, ({ token, surprise }) => 128 * token + surprise)),
    codes: rowToHex(Uint8Array.from(all.flatMap(({ code }) => code))),
    thresholds: rowToHex(Uint8Array.from(thresholds)),
  };
}

export interface MatrixDraft {
  readonly high: readonly (readonly number[])[];
  readonly low?: readonly (readonly number[])[];
  readonly scales: readonly number[];
}

export function matrix({ high, low, scales }: MatrixDraft): VectorTable {
  const digits = (rows: readonly (readonly number[])[]) => rowToHex(Int8Array.from(rows.flat()));
  return {
    kind: "matrix",
    rows: high.length,
    columns: high[0]!.length,
    high: digits(high),
    ...(low === undefined ? {} : { low: digits(low) }),
    scales: rowToHex(Float32Array.from(scales)),
  };
}
