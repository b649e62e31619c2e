import type { Plane } from "../document/tablePlanes.js";
import type { TableName, ValueId } from "../program/Op.js";
import { FINAL, type RowSpan, type TableSpan, type TokenSpan } from "./Stage.js";

/** Elements of a value's row. */
export function rowSpan(op: ValueId, position: number, from: number, count = 1): RowSpan {
  return { kind: "row", op, position, stage: FINAL, from, to: from + count };
}

/** Elements of a row on the way to an operation's. */
export function stageSpan(op: ValueId, position: number, stage: number, from: number, count = 1): RowSpan {
  return { kind: "row", op, position, stage, from, to: from + count };
}

export function tableSpan(table: TableName, plane: Plane, row: number, from: number, count = 1): TableSpan {
  return { kind: "table", table, plane, row, range: { from, to: from + count } };
}

/** The element of a table that the other inputs point to. */
export function lookupSpan(table: TableName, plane: Plane = "data"): TableSpan {
  return { kind: "table", table, plane, row: 0, range: undefined };
}

/** The token after a position; `NO_TOKEN` where the sequence has ended. */
export function followingSpan(position: number): TokenSpan {
  return { kind: "token", position: position + 1 };
}
