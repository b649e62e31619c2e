import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { BoundViolation } from "../arithmetic.js";
import { floorRoot, joined, quotient, shifted } from "./arithmetic.js";

/** Floor division of integers of any size. */
function floorDivide(a: bigint, b: bigint): bigint {
  const towardsZero = a / b;
  return a % b < 0n ? towardsZero - 1n : towardsZero;
}

const WIDE = fc.oneof(
  fc.bigInt({ min: -(2n ** 52n) + 1n, max: 2n ** 52n - 1n }),
  fc.bigInt({ min: -300n, max: 300n }),
  fc.tuple(fc.nat(51), fc.integer({ min: -3, max: 3 })).map(([power, beside]) => 2n ** BigInt(power) + BigInt(beside)),
);
const isExact = (x: bigint): boolean => x > -(2n ** 52n) && x < 2n ** 52n;
const RUNS = { numRuns: 5_000 };

describe("shifted", () => {
  test("rounds half up, whatever the sign, and multiplies where bits are negative", () => {
    fc.assert(
      fc.property(WIDE.filter(isExact), fc.integer({ min: 0, max: 52 }), (p, bits) => {
        const wanted = floorDivide(2n * p + 2n ** BigInt(bits), 2n ** BigInt(bits + 1));
        expect(BigInt(shifted(Number(p), bits))).toBe(wanted);

        const product = p * 2n ** BigInt(bits);
        if (isExact(product)) expect(BigInt(shifted(Number(p), -bits))).toBe(product);
        else expect(() => shifted(Number(p), -bits)).toThrow(BoundViolation);
      }),
      RUNS,
    );
  });

  test.each([
    [1, 1, 1],
    [-1, 1, 0],
    [3, 1, 2],
    [-3, 1, -1],
    [2 ** 52 - 1, 52, 1],
    [2 ** 51 - 1, 52, 0],
    [-(2 ** 51), 52, 0],
    [-(2 ** 51) - 1, 52, -1],
    [-5, 0, -5],
    [5, -3, 40],
  ])("of %d by %d bits is %d", (p, bits, wanted) => {
    expect(shifted(p, bits) + 0).toBe(wanted);
  });

  test.each([
    [2 ** 52, 1],
    [-(2 ** 52), 52],
    [0.5, 0],
    [1, 53],
    [1, 0.5],
    [2 ** 51, -1],
  ])("refuses %d by %d bits", (p, bits) => {
    expect(() => shifted(p, bits)).toThrow(BoundViolation);
  });
});

describe("quotient", () => {
  test("is the floor of every quotient, of those one short of an integer too", () => {
    const divisors = WIDE.map((b) => (b < 0n ? -b : b)).filter((b) => b > 0n && isExact(b));
    fc.assert(
      fc.property(WIDE.filter(isExact), divisors, fc.integer({ min: -1, max: 1 }), (a, b, beside) => {
        expect(BigInt(quotient(Number(a), Number(b)))).toBe(floorDivide(a, b));

        const near = floorDivide(a, b) * b + BigInt(beside);
        if (isExact(near)) expect(BigInt(quotient(Number(near), Number(b)))).toBe(floorDivide(near, b));
      }),
      RUNS,
    );
  });

  test.each([
    [1, 0],
    [1, -1],
    [2 ** 52, 1],
    [1, 0.5],
  ])("refuses %d by %d", (a, b) => {
    expect(() => quotient(a, b)).toThrow(BoundViolation);
  });
});

test("floorRoot is the greatest integer whose square is not above", () => {
  const roots = fc.integer({ min: 1, max: 2 ** 26 - 1 });
  fc.assert(
    fc.property(roots, (root) => {
      expect([root ** 2 - 1, root ** 2, root ** 2 + 1].map(floorRoot)).toEqual([root - 1, root, root]);
    }),
    RUNS,
  );
  expect([0, 1, 2, 3, 4, 2 ** 52 - 1].map(floorRoot)).toEqual([0, 1, 1, 1, 2, 2 ** 26 - 1]);
  expect(() => floorRoot(-1)).toThrow(BoundViolation);
});

test("joined sums are those of digits in base 128, their last seven bits rounded", () => {
  const sum = fc.integer({ min: -(2 ** 31) + 1, max: 2 ** 31 - 1 });
  fc.assert(
    fc.property(sum, sum, sum, sum, (a, b, c, d) => {
      const [w, x, y, z] = [a, b, c, d].map(BigInt) as [bigint, bigint, bigint, bigint];
      expect(joined([a], 1)).toBe(a);
      expect(BigInt(joined([a, b], 1))).toBe(128n * w + x);
      expect(BigInt(joined([a, b], 2))).toBe(128n * w + x);
      expect(BigInt(joined([a, b, c, d], 2))).toBe(floorDivide(2n ** 14n * w + 128n * (x + y) + z + 64n, 128n));
    }),
    RUNS,
  );
  expect(() => joined([2 ** 31], 1)).toThrow(BoundViolation);
});
