import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { rowBound } from "./rowBound.js";

const digits = (length: number) => fc.int8Array({ min: -128, max: 127, minLength: length, maxLength: length });

describe("rowBound", () => {
  it("sums magnitudes in units of the lowest digit", () => {
    expect(rowBound(Int8Array.of(3, -127, 0, 127))).toBe(257);
    expect(rowBound(Int8Array.of(1, -1, 0, -127), Int8Array.of(-65, 65, -2, -65))).toBe(63 + 63 + 2 + 16_321);
    expect(rowBound(new Int8Array(0))).toBe(0);
  });

  it("bounds every product with inputs of a magnitude, and is reached by their signs", () => {
    const rows = fc
      .integer({ min: 1, max: 40 })
      .chain((length) => fc.tuple(digits(length), digits(length), digits(length)));
    fc.assert(
      fc.property(rows, fc.boolean(), ([high, low, x], two) => {
        const w = Array.from(high, (h, j) => (two ? 128 * h + low[j]! : h));
        const bound = rowBound(high, two ? low : undefined);
        const product = (inputs: ArrayLike<number>) => w.reduce((sum, weight, j) => sum + weight * inputs[j]!, 0);

        expect(Math.abs(product(x))).toBeLessThanOrEqual(128 * bound);
        expect(product(w.map(Math.sign))).toBe(bound);
      }),
    );
  });

  it("refuses digits that do not pair and sums that no 31 bits hold", () => {
    expect(() => rowBound(Int8Array.of(1, 2), Int8Array.of(1))).toThrow("low digits: expected 2 of them, found 1");
    const [high, low] = [new Int8Array(131_586).fill(-127), new Int8Array(131_586).fill(-65)];
    expect(() => rowBound(high, low)).toThrow("magnitudes that sum below 2^31, found 2147615106");
  });
});
