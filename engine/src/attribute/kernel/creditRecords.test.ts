import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type AnswerCodes, CODE_BYTES, type PositionCodes } from "../codes.js";
import { ARBITRARY_ROWS, arbitraryCodes } from "../testCodes.js";
import { indexOf, referenceCredits } from "../testing/referenceCredits.js";
import { creditRecords } from "./creditRecords.js";
import type { KernelIndex } from "./KernelIndex.js";
import { kernelValue } from "./kernelValue.js";
import { PostingIndex, Postings } from "./Postings.js";

/** Tokens of `testCodes` are below. */
const VOCABULARY = 6;

const THRESHOLDS = fc.array(fc.integer({ min: -140, max: 140 }), { minLength: VOCABULARY, maxLength: VOCABULARY });

function kernelIndex(rows: readonly PositionCodes[], thresholds: readonly number[]): KernelIndex {
  const postings = new Postings(rows);
  return new PostingIndex(
    postings,
    Int16Array.from(postings.targets, (y) => thresholds[y]!),
  );
}

/** Credits of each record over all tokens, as the operations of a program give them. */
function referenceSums(indexes: readonly (readonly [PositionCodes[], number[]])[], answer: AnswerCodes): number[][] {
  const found = referenceCredits(
    indexes.map(([rows, thresholds]) => indexOf(rows, (token) => thresholds[token]!)),
    answer,
    VOCABULARY,
  );
  return indexes.map(([rows], i) =>
    rows.map((_, record) => found[i]!.reduce((sum, credits) => sum + credits[record]!, 0)),
  );
}

const INDEX = fc.tuple(
  ARBITRARY_ROWS.filter((rows) => rows.length > 0),
  THRESHOLDS,
);

/** Of up to 16 tokens, read in up to three passes with up to 9 tokens before each. */
const ARBITRARY_ANSWER = fc
  .tuple(
    arbitraryCodes(16),
    fc.uniqueArray(fc.tuple(fc.nat(15), arbitraryCodes(9)), { maxLength: 3, selector: ([at]) => at }),
  )
  .map(
    ([codes, passes]): AnswerCodes => ({
      ...codes,
      passes: passes.sort(([a], [b]) => a - b).map(([at, before]) => ({ at, before })),
    }),
  );

/** Of all records, those with nothing too. */
function allOf(credits: ReadonlyMap<number, number>, records: number): number[] {
  return Array.from({ length: records }, (_, record) => credits.get(record) ?? 0);
}

describe("the kernel", () => {
  test("equals the operations of a program over any rows, thresholds and number of indexes", () => {
    fc.assert(
      fc.property(fc.array(INDEX, { minLength: 1, maxLength: 3 }), ARBITRARY_ANSWER, (indexes, answer) => {
        const found = creditRecords(
          indexes.map(([rows, thresholds]) => kernelIndex(rows, thresholds)),
          answer,
        );

        expect(found.credits.map((credits, i) => allOf(credits, indexes[i]![0].length))).toEqual(
          referenceSums(indexes, answer),
        );
        expect(found.weight).toBe(answer.surprises.reduce((sum, w) => sum + w, 0));
      }),
      { numRuns: 300 },
    );
  });

  test("gives no token more credit than it weighs", () => {
    fc.assert(
      fc.property(ARBITRARY_ROWS, arbitraryCodes(10), (rows, answer) => {
        const { credits, weight } = creditRecords([kernelIndex(rows, [0, 0, 0, 0, 0, 0])], answer);

        expect([...credits[0]!.values()].reduce((sum, credit) => sum + credit, 0)).toBeLessThanOrEqual(
          weight * 2 ** 16,
        );
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
    const thresholds = [0, 0, 0, 126, 0, 0];

    const found = creditRecords([kernelIndex(rows, thresholds)], answer);

    expect(kernelValue(0, 127)).toBe(65_024);
    const sum = 256 * 65_024;
    const part = (m: number) => Math.floor((127 * m * 2 ** 16) / (2 ** 16 + 40 * m));
    const each = [0, 1, 2, 3].reduce((all, k) => all + part(sum + Math.floor((sum * k * part(sum)) / 2 ** 19)), 0);
    expect(allOf(found.credits[0]!, 40)).toEqual(new Array(40).fill(each));
    expect(referenceSums([[rows, thresholds]], answer)).toEqual([new Array(40).fill(each)]);
  });

  test("counts the record that the tokens before were credited to, up to 32 times, for 7 tokens", () => {
    const row = (...ids: number[]) => ({
      ids: Uint32Array.from(ids),
      surprises: new Uint8Array(ids.length).fill(127),
      codes: new Uint8Array(CODE_BYTES * ids.length).fill(0xa5),
    });
    const index = kernelIndex([row(1, 2, 3), row(2, 3)], [0, 0, 0, 0, 0, 0]);
    const parts = (before: readonly number[]) => {
      const answer = { ...row(2), passes: [{ at: 0, before: row(...before) }] };
      const [first, second] = allOf(creditRecords([index], answer).credits[0]!, 2);
      return first! / second!;
    };

    expect(parts([])).toBe(1);
    // alone with token 1 the first record gets 127 · 65,024 · 2^16 / (2^16 + 65,024) of it, some 8 times 2^19
    const credit = Math.floor((127 * 65_024 * 2 ** 16) / (2 ** 16 + 65_024));
    expect(parts([1])).toBeCloseTo(1 + credit / 2 ** 19, 4);
    expect(parts([1, 4, 4, 4, 4, 4, 4])).toBeCloseTo(1 + credit / 2 ** 19, 4);
    expect(parts([1, 4, 4, 4, 4, 4, 4, 4])).toBe(1);
    expect(parts([1, 1, 1, 1, 1])).toBeCloseTo(32, 3);
  });

  test("counts nothing at the threshold and something above it", () => {
    const codes = new Uint8Array(CODE_BYTES);
    const near = codes.slice();
    near[0] = 0b1; // one bit: dot 126
    const row = { ids: Uint32Array.of(1), surprises: Uint8Array.of(127), codes };
    const answer = { ids: Uint32Array.of(1), surprises: Uint8Array.of(127), codes: near };

    const at = creditRecords([kernelIndex([row], [0, 126])], answer);
    const below = creditRecords([kernelIndex([row], [0, 124])], answer);

    expect(at.credits[0]!.get(0)).toBeUndefined();
    // v = ((256·126/128)² · 127) >> 7 = (252² · 127) >> 7 = 63,007; 127 · 63,007 · 2^16 / (2^16 + 63,007)
    expect(below.credits[0]!.get(0)).toBe(Math.floor((127 * 63_007 * 65_536) / (65_536 + 63_007)));
  });
});
