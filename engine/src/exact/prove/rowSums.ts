import { SUM_CHUNK } from "../program/Op.js";
import type { Table } from "../program/Program.js";

export interface DigitSums {
  /** Σ|w| of each row: with digits of ±127 its products add up to 127 times this at most. */
  readonly rows: Int32Array;
  /** The greatest Σ|w| of a run of 1,024 weights, as sums are cut, in any row. */
  readonly chunk: number;
}

export interface RowSums {
  readonly high: DigitSums;
  readonly low: DigitSums | undefined;
}

const known = new WeakMap<object, RowSums>();

/**
 * Sums of the magnitudes of a matrix's digits. A device that multiplies integers in fp32 may add up a whole row where 127 ·
 * `rows` stays below 2^24, and runs of 1,024 where 127 · `chunk` does.
 *
 * @param matrix of fewer than 2^24 columns
 */
export function rowSums(matrix: Extract<Table, { kind: "matrix" }>): RowSums {
  let sums = known.get(matrix);
  if (sums === undefined) {
    const { high, low, columns } = matrix;
    sums = { high: sumsOf(high, columns), low: low === undefined ? undefined : sumsOf(low, columns) };
    known.set(matrix, sums);
  }
  return sums;
}

function sumsOf(digits: Int8Array, columns: number): DigitSums {
  const rows = new Int32Array(digits.length / columns);
  let chunk = 0;
  for (let n = 0, at = 0; n < rows.length; n++) {
    let row = 0;
    for (let from = 0; from < columns; from += SUM_CHUNK) {
      const end = at + Math.min(SUM_CHUNK, columns - from);
      let sum = 0;
      for (; at < end; at++) {
        // |w| without a branch, which random signs would mispredict.
        const sign = digits[at]! >> 31;
        sum = (sum + ((digits[at]! ^ sign) - sign)) | 0;
      }
      if (sum > chunk) chunk = sum;
      row += sum;
    }
    rows[n] = row;
  }
  return { rows, chunk };
}
