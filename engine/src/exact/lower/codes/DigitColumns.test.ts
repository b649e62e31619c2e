import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { RowReader } from "../../program/RowReader.js";
import { DigitColumns, type DigitRows } from "./DigitColumns.js";

/** Digit of a place in a table of any size. */
const digitAt = (row: number, column: number): number => ((row * 31 + column * 7) % 255) - 127;

const READER: RowReader = {
  readRows: () => expect.unreachable(),
  readDigits({ from, to }, into) {
    const columns = into.length / (to - from);
    for (let i = 0; i < into.length; i++) into[i] = digitAt(from + Math.floor(i / columns), i % columns);
  },
};

/** All pieces, one after another. */
function joined(pieces: Iterable<Int8Array | Uint8Array>): number[] {
  const all: number[] = [];
  for (const piece of pieces) for (const digit of piece) all.push(digit);
  return all;
}

const wanted = ({ from, to, columns }: DigitRows, zero: number): number[] =>
  Array.from({ length: columns * (to - from) }, (_, i) => {
    return digitAt(from + (i % (to - from)), Math.floor(i / (to - from))) + zero;
  });

test("columns of any part of a matrix are those of its rows", () => {
  const columnsOf = new DigitColumns(READER);
  const sizes = fc.record({ from: fc.nat(200), count: fc.integer({ min: 1, max: 300 }), columns: fc.nat(150) });
  fc.assert(
    fc.property(sizes, ({ from, count, columns }) => {
      const of: DigitRows = { table: "t", digit: "high", from, to: from + count, columns: columns + 1 };
      expect(joined(columnsOf.signed(of))).toEqual(wanted(of, 0));
      expect(joined(columnsOf.unsigned(of, 128))).toEqual(wanted(of, 128));
    }),
    { numRuns: 40 },
  );
});

test("a matrix that is larger than what is made at a time comes in pieces", () => {
  const of: DigitRows = { table: "t", digit: "low", from: 5, to: 40_005, columns: 130 };
  let at = 0;
  let pieces = 0;
  let wrong = 0;
  for (const piece of new DigitColumns(READER).signed(of)) {
    pieces++;
    for (const digit of piece) {
      if (digit !== digitAt(5 + (at % 40_000), Math.floor(at / 40_000))) wrong++;
      at++;
    }
  }

  expect({ wrong, at, pieces }).toEqual({ wrong: 0, at: 40_000 * 130, pieces: 2 });
});
