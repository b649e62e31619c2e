import type { Plane } from "../document/tablePlanes.js";
import type { TableName, ValueId } from "../program/Op.js";
import { ELEMENT_BYTES, type ElementType, type Row } from "../reference/Row.js";

/** Most bytes of a leaf. */
export const LEAF_BYTES = 1024;
/** Most leaves, of trace and tables together, that recomputing one element reads: 8 KB of them. */
export const STEP_LEAVES = 8;

/** The stage of an operation that is its row. */
export const FINAL = -1;

/** Elements `from` (inclusive) to `to` (exclusive) of a stage's row. */
export interface RowSpan {
  readonly kind: "row";
  readonly op: ValueId;
  readonly position: number;
  readonly stage: number;
  readonly from: number;
  readonly to: number;
}

/** Elements of a row of a table's plane; without a row or a range, those that the other inputs point to. */
export interface TableSpan {
  readonly kind: "table";
  readonly table: TableName;
  readonly plane: Plane;
  readonly row: number | undefined;
  readonly range: { readonly from: number; readonly to: number } | undefined;
}

/** What a step reads for a token where the sequence has ended. */
export const NO_TOKEN = -1;

/** The token of a position, this one or the one that follows: an input of the program, not a row of it. */
export interface TokenSpan {
  readonly kind: "token";
  readonly position: number;
}

export type Span = RowSpan | TableSpan | TokenSpan;

/** How one element is recomputed. */
export interface Step {
  readonly reads: readonly Span[];
  /** @param rows What was read from the trace and the tokens, in the order of `reads` without the tables, which everybody has. */
  compute(rows: readonly Row[]): number;
}

/** A row that an operation makes on its way, or, as the last one, its own. */
export interface Stage {
  readonly name: "row" | "products" | "chunks" | "pages" | "partials" | "sums" | "greatest" | "weights";
  readonly type: ElementType;
  readonly length: number;
  /** No element's step reads more leaves. */
  readonly mostLeaves: number;
  step(element: number): Step;
}

/** Leaves of a row of this many elements. */
export function leafCount(type: ElementType, length: number): number {
  return Math.ceil(length / perLeaf(type));
}

export function perLeaf(type: ElementType): number {
  return LEAF_BYTES / ELEMENT_BYTES[type];
}

/** Leaves that a run of elements touches at most, wherever in its row it starts. */
export function mostTouched(type: ElementType, length: number): number {
  return Math.ceil((length - 1) / perLeaf(type)) + 1;
}
