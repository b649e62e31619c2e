import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { CODE_BYTES, type PositionCodes } from "./codes.js";
import { creditRecords, type KernelIndex, kernelValue } from "./kernel.js";
import { creditRecordsReference } from "./kernelReference.js";
import { Postings } from "./Postings.js";
import { ARBITRARY_ROWS, arbitraryCodes } from "./testCodes.js";

const thresholdOf = fc.array(
  fc.integer({ min: -64, max: 64 }).map((half) => 2 * half),
  { minLength: 6, maxLength: 6 },
);

function kernelIndex(rows: readonly PositionCodes[], thresholds: readonly number[]): KernelIndex {
  const postings = new Postings(rows);
  return { postings, recordCount: rows.length, thresholds: Int16Array.from(postings.targets, (y) => thresholds[y]!) };
}

describe("the kernel", () => {
  test("equals its formulas over any rows, thresholds and number of indexes", () => {
    const index = fc.tuple(ARBITRARY_ROWS, thresholdOf);
    fc.assert(
      fc.property(fc.array(index, { minLength: 1, maxLength: 3 }), arbitraryCodes(10), (indexes, answer) => {
        const wanted = creditRecordsReference(
          indexes.map(([rows, thresholds]) => ({ rows, threshold: (token) => thresholds[token]! })),
          answer,
        );

        const found = creditRecords(
          indexes.map(([rows, thresholds]) => kernelIndex(rows, thresholds)),
          answer,
        );

        expect(found.credits.map((credits) => [...credits])).toEqual(wanted.credits.map((row) => row.map(Number)));
        expect(found.weight).toBe(Number(wanted.weight));
      }),
      { numRuns: 500 },
    );
  });

  test("gives no token more credit than it weighs", () => {
    fc.assert(
      fc.property(ARBITRARY_ROWS, arbitraryCodes(10), (rows, answer) => {
        const { credits, weight } = creditRecords([kernelIndex(rows, [0, 0, 0, 0, 0, 0])], answer);

        expect(credits[0]!.reduce((sum, credit) => sum + credit, 0)).toBeLessThanOrEqual(weight * 2 ** 16);
      }),
    );
  });

  test("is exact where everything is largest", () => {
    // One record of 256 equal positions, each fully surprising, against the same code: 128 bits agree.
    const row = {
      ids: new Uint32Array(256).fill(3),
      surprises: new Uint8Array(256).fill(127),
      codes: new Uint8Array(256 * CODE_BYTES).fill(0xa5),
    };
    const rows = Array.from({ length: 40 }, () => row);
    const answer = {
      ids: row.ids.slice(0, 4),
      surprises: row.surprises.slice(0, 4),
      codes: row.codes.slice(0, 4 * CODE_BYTES),
    };
    const wanted = creditRecordsReference([{ rows, threshold: () => 126 }], answer);

    const found = creditRecords([kernelIndex(rows, [0, 0, 0, 126, 0, 0])], answer);

    expect(kernelValue(0, 127)).toBe(65_024);
    expect([...found.credits[0]!]).toEqual(wanted.credits[0]!.map(Number));
  });

  test("counts nothing at the threshold and something above it", () => {
    const codes = new Uint8Array(CODE_BYTES);
    const near = codes.slice();
    near[0] = 0b1; // one bit: dot 126
    const row = { ids: Uint32Array.of(1), surprises: Uint8Array.of(127), codes };
    const answer = { ids: Uint32Array.of(1), surprises: Uint8Array.of(127), codes: near };

    const at = creditRecords([kernelIndex([row], [0, 126])], answer);
    const below = creditRecords([kernelIndex([row], [0, 124])], answer);

    expect(at.credits[0]![0]).toBe(0);
    // v = ((256·126/128)² · 127) >> 7 = (252² · 127) >> 7 = 63,007; 127 · 63,007 · 2^16 / (2^16 + 63,007)
    expect(below.credits[0]![0]).toBe(Math.floor((127 * 63_007 * 65_536) / (65_536 + 63_007)));
  });
});
