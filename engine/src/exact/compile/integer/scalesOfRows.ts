import type { Table } from "../../program/Program.js";

/** `[rows]`: scales of a matrix, 0 of rows of zeros, whose own scale says nothing and must not stand beside those of others. */
export function scalesOfRows({
  rows,
  columns,
  high,
  low,
  scales,
}: Extract<Table, { kind: "matrix" }>): Float64Array<ArrayBuffer> {
  return Float64Array.from({ length: rows }, (_, n) => {
    const isZero = (digits: Int8Array) => digits.subarray(n * columns, (n + 1) * columns).every((digit) => digit === 0);
    return isZero(high) && (low === undefined || isZero(low)) ? 0 : scales[n]!;
  });
}
