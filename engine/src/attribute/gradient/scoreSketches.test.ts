import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type GradientQuery, type ScoredSketches, scoreSketches, sketchScore } from "./scoreSketches.js";
import type { Sketch } from "./sketch.js";

const basisRoot = `0x${"ba".repeat(32)}` as const;
const tokensHash = new Uint8Array(32);
const MAX_FACTOR = 2 ** 32 - 1;

/** The definition itself, number by number. */
function referenceScore(query: Sketch, record: Sketch, sizes: readonly number[]): bigint {
  return sizes
    .flatMap((size, m) => Array<number>(size).fill(m))
    .reduce((sum, m, i) => {
      const [q, r] = [query, record].map(({ values, factors }) => BigInt(values[i]!) * BigInt(factors[m]!));
      return sum + q! * r!;
    }, 0n);
}

const sizesOf = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 4 });
const sketchOfSizes = (sizes: readonly number[]): fc.Arbitrary<Sketch> => {
  const entries = sizes.reduce((sum, size) => sum + size, 0);
  return fc.record({
    factors: fc
      .array(fc.nat(MAX_FACTOR), { minLength: sizes.length, maxLength: sizes.length })
      .map((factors) => Uint32Array.from(factors)),
    values: fc
      .array(fc.integer({ min: -127, max: 127 }), { minLength: entries, maxLength: entries })
      .map((values) => Int8Array.from(values)),
  });
};

describe("sketchScore", () => {
  it("is the sum of the products, exactly", () => {
    const drawn = sizesOf.chain((sizes) => fc.tuple(fc.constant(sizes), sketchOfSizes(sizes), sketchOfSizes(sizes)));
    fc.assert(
      fc.property(drawn, ([sizes, query, record]) => {
        expect(sketchScore(query, record, sizes)).toBe(referenceScore(query, record, sizes));
      }),
      { numRuns: 500 },
    );
  });

  it.each([127, -127])("holds the largest numbers beyond 32 and 53 bits: 127 times %i", (value) => {
    // the first matrix ends at 32 bits, the second is three times as large
    const sizes = [2 ** 17, 3 * 2 ** 17 + 5];
    const entries = sizes[0]! + sizes[1]!;
    const factors = new Uint32Array(2).fill(MAX_FACTOR);
    const query = { factors, values: new Int8Array(entries).fill(127) };
    const record = { factors, values: new Int8Array(entries).fill(value) };

    const expected = BigInt(entries) * 127n * BigInt(value) * BigInt(MAX_FACTOR) ** 2n;
    expect(sketchScore(query, record, sizes)).toBe(expected);
  });

  it("is nothing for a text or a record without gradient", () => {
    const none = { factors: Uint32Array.of(0), values: new Int8Array(2) };
    const some = { factors: Uint32Array.of(9), values: Int8Array.of(1, 2) };
    expect(sketchScore(none, some, [2])).toBe(0n);
    expect(sketchScore(some, none, [2])).toBe(0n);
  });
});

describe("scoreSketches", () => {
  const query = (...values: number[]): GradientQuery => ({
    basisRoot,
    factors: Uint32Array.of(2),
    values: Int8Array.from(values),
  });
  const sketches: ScoredSketches = {
    basisRoot,
    recordCount: 2,
    sizes: [2],
    async *rows() {
      yield { record: 0, tokensHash, factors: Uint32Array.of(3), values: Int8Array.of(1, -1) };
      yield { record: 1, tokensHash, factors: Uint32Array.of(5), values: Int8Array.of(-2, 4) };
    },
  };

  it("scores each record for each text", async () => {
    const found: (readonly bigint[])[] = [];
    await scoreSketches([query(10, 1), query(0, -3)], sketches, (record, scores) => {
      found[record] = scores;
    });
    expect(found).toEqual([
      [54n, 18n],
      [-160n, -120n],
    ]);
  });

  it("refuses a text under another basis, and stops when it is told to", async () => {
    const foreign = { ...query(1, 1), basisRoot: `0x${"00".repeat(32)}` as const };
    const refused = scoreSketches([query(1, 1), foreign], sketches, () => {});
    await expect(refused).rejects.toMatchObject({ code: "gradients_mismatch" });

    const stop = new AbortController();
    const seen: number[] = [];
    const stopped = scoreSketches(
      [query(1, 1)],
      sketches,
      (record) => {
        seen.push(record);
        stop.abort(new Error("enough"));
      },
      { signal: stop.signal },
    );
    await expect(stopped).rejects.toThrow("enough");
    expect(seen).toEqual([0]);
  });
});
