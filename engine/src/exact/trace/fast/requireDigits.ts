import type { Plane } from "../../document/tablePlanes.js";
import { planeElements } from "../../document/tablePlanes.js";
import type { Table } from "../../program/Program.js";
import { BoundViolation } from "../../reference/arithmetic.js";
import type { Row } from "../../reference/Row.js";

/** Digits are ±127; of all that eight bits hold only −128 is none. */
export function requireDigits(row: Row): Int8Array {
  for (let i = 0; i < row.length; i++) {
    if (row[i] === -128) throw new BoundViolation("a digit is an integer in ±127", -128);
  }
  return row as Int8Array;
}

const known = new WeakSet<Table>();

/** Looks through a matrix once. */
export function requireTableDigits<P extends Plane>(table: Table, planes: readonly P[]): readonly P[] {
  if (known.has(table)) return planes;
  for (const plane of planes) requireDigits(planeElements(table, plane));
  known.add(table);
  return planes;
}
