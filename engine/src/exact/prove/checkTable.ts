import { ExactError } from "../errors.js";
import { CODE_BITS, CODE_BYTES } from "../program/AttributionOp.js";
import type { TableName } from "../program/Op.js";
import type { Table } from "../program/Program.js";
import type { Prover } from "./Prover.js";

/** Least scale of a matrix row: a 128th of it is still a normal number. */
const LEAST_SCALE = 2 ** -119;
const MOST_LOW = 65;

/**
 * A table is what `Table` says of its kind, to the last element.
 * @throws ExactError `program_malformed` where lengths differ, `bound_unprovable` where a number is out of its range
 */
export function checkTable(name: TableName, table: Table, prover: Prover): void {
  switch (table.kind) {
    case "matrix": {
      const { rows, columns, high, low, scales } = table;
      checkLength(name, high, rows, columns);
      if (low !== undefined) checkLength(name, low, rows, columns);
      checkLength(name, scales, rows, 1);
      const fix = `quantise "${name}" again`;
      prover.below(`high digits of "${name}" are in ±127`, largestDigit(high), 128, fix);
      if (low !== undefined) prover.below(`low digits of "${name}" are in ±65`, largestDigit(low), MOST_LOW + 1, fix);
      if (prover.arithmetic === "integer") {
        prover.atLeast(`multipliers of "${name}" are not negative`, least(scales), 0, fix);
        showIntegers(name, scales, prover);
        return;
      }
      prover.atLeast(`scales of "${name}" and their 128ths are positive and normal`, least(scales), LEAST_SCALE, fix);
      prover.below(`scales of "${name}" are finite`, greatest(scales), Number.POSITIVE_INFINITY, fix);
      return;
    }
    case "floats":
      checkLength(name, table.data, table.rows, table.columns);
      if (prover.arithmetic === "integer") {
        showIntegers(name, table.data, prover);
        return;
      }
      prover.below(`elements of "${name}" are finite`, largest(table.data), Number.POSITIVE_INFINITY, `mend "${name}"`);
      return;
    case "integers": {
      const { data } = table;
      if (data.length === 0) throw new ExactError("program_malformed", `Table "${name}" is empty.`);
      prover.atLeast(`integers of "${name}" are not negative`, least(data), 0, `mend "${name}"`);
      prover.below(`integers of "${name}" are below 2^24`, greatest(data), 2 ** 24, `mend "${name}"`);
      return;
    }
    case "index": {
      const { records, positions, entries, codes, thresholds } = table;
      const { vocabulary } = prover.shape;
      const fix = `build "${name}" again`;
      checkLength(name, entries, records, positions);
      checkLength(name, codes, records, positions * CODE_BYTES);
      checkLength(name, thresholds, 1, vocabulary);
      prover.atLeast(`entries of "${name}" are not negative`, least(entries), 0, fix);
      prover.below(`tokens of "${name}" are of the vocabulary`, greatest(entries) / 128, vocabulary, fix);
      prover.below(`thresholds of "${name}" are up to 128`, greatest(thresholds), CODE_BITS + 1, fix);
    }
  }
}

/** Constants of a program in integers. */
function showIntegers(name: TableName, data: Float32Array, prover: Prover): void {
  const found = data.every(Number.isInteger) ? largest(data) : Number.NaN;
  prover.below(`constants of "${name}" are integers below 2^24`, found, 2 ** 24, `mend "${name}"`);
}

function checkLength(name: TableName, data: ArrayLike<number>, rows: number, columns: number): void {
  if (Number.isSafeInteger(rows) && rows >= 1 && columns >= 1 && data.length === rows * columns) return;
  throw new ExactError("program_malformed", `Table "${name}" holds ${data.length} elements, not ${rows} × ${columns}.`);
}

function largestDigit(digits: Int8Array): number {
  let least = 0;
  let most = 0;
  for (let i = 0; i < digits.length; i++) {
    const digit = digits[i]!;
    if (digit > most) most = digit;
    if (digit < least) least = digit;
  }
  return Math.max(most, -least);
}

// NaN makes each of these NaN, which no comparison holds for.

function largest(data: Float32Array): number {
  let most = 0;
  for (const value of data) most = Math.max(most, Math.abs(value));
  return most;
}

function greatest(data: Float32Array | Int32Array | Uint8Array): number {
  let most = Number.NEGATIVE_INFINITY;
  for (const value of data) most = Math.max(most, value);
  return most;
}

function least(data: Float32Array | Int32Array): number {
  let most = Number.POSITIVE_INFINITY;
  for (const value of data) most = Math.min(most, value);
  return most;
}
