import type { TableName } from "../../program/Op.js";
import type { RowReader } from "../../program/RowReader.js";

/** Bytes of rows that are read, and of columns that are made, at a time: a head of 28 MB is never in memory whole. */
const READ_BYTES = 2 ** 20;
const MADE_BYTES = 2 ** 22;

/** Rows of a matrix that are wanted as columns. */
export interface DigitRows {
  readonly table: TableName;
  readonly digit: "high" | "low";
  readonly from: number;
  readonly to: number;
  readonly columns: number;
}

/** Transposes digits piece by piece, in memory that is used again for every matrix. */
export class DigitColumns {
  private read = new Int8Array();
  private made = new Uint8Array();

  constructor(private readonly rows: RowReader) {}

  /** `[columns, rows]` as int8. Each piece is good until the next is asked for. */
  *signed(of: DigitRows): Iterable<Int8Array> {
    for (const { buffer, byteOffset, length } of this.pieces(of, 0)) yield new Int8Array(buffer, byteOffset, length);
  }

  /** As `signed`, as uint8 around `zero`. */
  unsigned(of: DigitRows, zero: number): Iterable<Uint8Array> {
    return this.pieces(of, zero);
  }

  private *pieces({ table, digit, from, to, columns }: DigitRows, zero: number): Iterable<Uint8Array<ArrayBuffer>> {
    const count = to - from;
    const width = Math.min(columns, Math.max(1, Math.floor(MADE_BYTES / count)));
    const step = Math.min(count, Math.max(1, Math.floor(READ_BYTES / columns)));
    if (this.made.length < width * count) this.made = new Uint8Array(width * count);
    if (this.read.length < step * columns) this.read = new Int8Array(step * columns);
    const { made } = this;
    for (let left = 0; left < columns; left += width) {
      const right = Math.min(columns, left + width);
      for (let top = 0; top < count; top += step) {
        const bottom = Math.min(count, top + step);
        const read = this.read.subarray(0, (bottom - top) * columns);
        this.rows.readDigits({ table, digit, from: from + top, to: from + bottom }, read);
        transpose(read, columns, { left, right, top, bottom }, made, count, zero);
      }
      yield made.subarray(0, (right - left) * count) as Uint8Array<ArrayBuffer>;
    }
  }
}

const TILE = 64;

/** Part of a matrix whose rows `top` to `bottom` were read, into columns `[right − left, count]`; in tiles that stay in the cache. */
function transpose(
  read: Int8Array,
  columns: number,
  { left, right, top, bottom }: { readonly [side in "left" | "right" | "top" | "bottom"]: number },
  made: Uint8Array,
  count: number,
  zero: number,
): void {
  for (let r0 = top; r0 < bottom; r0 += TILE) {
    const r1 = Math.min(bottom, r0 + TILE);
    for (let c0 = left; c0 < right; c0 += TILE) {
      const c1 = Math.min(right, c0 + TILE);
      for (let r = r0; r < r1; r++) {
        const row = (r - top) * columns;
        for (let c = c0; c < c1; c++) made[(c - left) * count + r] = read[row + c]! + zero;
      }
    }
  }
}
