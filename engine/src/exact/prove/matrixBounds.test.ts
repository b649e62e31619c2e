import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { randomSource } from "../testing/random.js";
import { rowLengths, rowProducts } from "./rowLengths.js";
import { rowSums } from "./rowSums.js";
import { spectralNorm } from "./spectralNorm.js";
import { norm } from "./testing/RowProgram.js";

describe("rowSums", () => {
  test("adds magnitudes by rows and by runs of 1,024", () => {
    const high = new Int8Array(2 * 2500).fill(-2);
    high.fill(127, 2500 + 1024, 2500 + 2048);
    const low = new Int8Array(2 * 2500).fill(1);
    const scales = new Float32Array(2);

    const sums = rowSums({ kind: "matrix", rows: 2, columns: 2500, high, low, scales });

    expect([...sums.high.rows]).toEqual([5000, 5000 - 2048 + 127 * 1024]);
    expect(sums.high.chunk).toBe(127 * 1024);
    expect(127 * sums.high.chunk).toBeLessThan(2 ** 24);
    expect([[...sums.low!.rows], sums.low!.chunk]).toEqual([[2500, 2500], 1024]);
    expect(rowSums({ kind: "matrix", rows: 2, columns: 2500, high, scales }).low).toBeUndefined();
  });
});

describe("rowLengths and rowProducts", () => {
  test.each([1, 2])("are those of the numbers that digits stand for, channel by channel: %d digits", (count) => {
    const [rows, columns] = [3, 2500];
    const random = randomSource(9);
    const digits = (most: number) =>
      Int8Array.from({ length: rows * columns }, () => Math.round((2 * random() - 1) * most));
    const [high, low] = [digits(127), digits(65)];
    const matrix = { kind: "matrix" as const, rows, columns, high, scales: new Float32Array(rows) };
    const given = count === 1 ? matrix : { ...matrix, low };
    const channels = Float64Array.from({ length: columns }, () => 2 ** Math.floor(8 * random() - 4));
    const weights = (n: number) =>
      Array.from({ length: columns }, (_, k) => {
        const at = n * columns + k;
        return high[at]! + (count === 1 ? 0 : low[at]! / 128);
      });

    const [plain, scaled, products] = [
      rowLengths(given, undefined),
      rowLengths(given, channels),
      rowProducts(given, channels),
    ];

    for (let n = 0; n < rows; n++) {
      expect(plain[n]).toBeCloseTo(norm(weights(n)), 8);
      expect(scaled[n]).toBeCloseTo(norm(weights(n).map((w, k) => w * channels[k]!)), 8);
      expect(products[n]).toBeCloseTo(
        weights(n).reduce((sum, w, k) => sum + Math.abs(w) * channels[k]!, 0),
        5,
      );
    }
  });
});

describe("spectralNorm", () => {
  test("is above what any vector is stretched by, and not far", () => {
    const sizes = fc.record({
      rows: fc.integer({ min: 1, max: 64 }),
      columns: fc.integer({ min: 1, max: 90 }),
      seed: fc.nat(),
    });
    fc.assert(
      fc.property(sizes, fc.constantFrom(2 ** -60, 1, 2 ** 90), ({ rows, columns, seed }, size) => {
        const random = randomSource(seed);
        const matrix = Array.from({ length: rows }, () =>
          Float64Array.from({ length: columns }, () => (random() - 0.5) * size),
        );

        const bound = spectralNorm(matrix);

        // Power iteration comes close from below.
        let vector = Array.from({ length: columns }, () => random() + 0.1);
        let stretch = 0;
        for (let i = 0; i < 60; i++) {
          const length = norm(vector);
          const unit = vector.map((element) => element / length);
          const image = matrix.map((row) => row.reduce((sum, weight, k) => sum + weight * unit[k]!, 0));
          stretch = Math.max(stretch, norm(image));
          vector = unit.map((_, k) => matrix.reduce((sum, row, n) => sum + row[k]! * image[n]!, 0) / size ** 2);
        }
        expect(stretch).toBeLessThanOrEqual(bound);
        expect(stretch).toBeGreaterThan(bound / 1.08);
      }),
      { numRuns: 40 },
    );
  });

  test("of nothing is nothing", () => {
    expect(spectralNorm([new Float64Array(3), new Float64Array(3)])).toBe(0);
  });
});
