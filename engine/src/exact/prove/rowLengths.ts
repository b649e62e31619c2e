import { SUM_CHUNK } from "../program/Op.js";
import type { Table } from "../program/Program.js";

type Matrix = Extract<Table, { kind: "matrix" }>;

/** ‖W_n ∘ columns‖ of each row of W = high + low/128, without its scale. */
export function rowLengths(matrix: Matrix, columns: Float64Array | undefined): Float64Array {
  const { high, low, columns: width } = matrix;
  const squares = columns?.map((factor) => factor * factor);
  return Float64Array.from({ length: matrix.rows }, (_, n) => {
    const row = high.subarray(n * width, (n + 1) * width);
    if (low === undefined && squares === undefined) return Math.sqrt(integerSquares(row));
    return Math.sqrt(floatSquares(row, low?.subarray(n * width, (n + 1) * width), squares));
  });
}

/** In int32, which is faster: 1,024 squares of 127 are below 2^24. */
function integerSquares(row: Int8Array): number {
  let squares = 0;
  for (let from = 0; from < row.length; from += SUM_CHUNK) {
    const end = Math.min(from + SUM_CHUNK, row.length);
    let sum = 0;
    for (let k = from; k < end; k++) sum = (sum + row[k]! * row[k]!) | 0;
    squares += sum;
  }
  return squares;
}

function floatSquares(high: Int8Array, low: Int8Array | undefined, squares: Float64Array | undefined): number {
  let sum = 0;
  for (let k = 0; k < high.length; k++) {
    const w = low === undefined ? high[k]! : high[k]! + low[k]! / 128;
    sum += squares === undefined ? w * w : w * w * squares[k]!;
  }
  return sum;
}

/** Σ_k |W_nk| · columns_k of each row, without its scale. */
export function rowProducts(matrix: Matrix, columns: Float64Array): Float64Array {
  const { high, low, columns: width } = matrix;
  const products = new Float64Array(matrix.rows);
  for (let n = 0, at = 0; n < products.length; n++) {
    let sum = 0;
    for (let k = 0; k < width; k++, at++) {
      const w = low === undefined ? high[at]! : high[at]! + low[at]! / 128;
      sum += Math.abs(w) * columns[k]!;
    }
    products[n] = sum;
  }
  return products;
}
