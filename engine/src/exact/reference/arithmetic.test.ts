import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { BoundViolation, fl, gridConstant, rne } from "./arithmetic.js";

// Binary32 by its definition: integers and halves only.
const word = new DataView(new ArrayBuffer(4));
function floatOf(bits: number): number {
  word.setUint32(0, bits);
  return word.getFloat32(0);
}

/** A finite binary32 number as an integer times 2^-149. */
function units(x: number): bigint {
  word.setFloat32(0, x);
  const bits = word.getUint32(0);
  const exponent = (bits >>> 23) & 0xff;
  const fraction = BigInt(bits & 0x7fffff);
  const magnitude = exponent === 0 ? fraction : (fraction + 0x800000n) << BigInt(exponent - 1);
  return bits >>> 31 === 1 ? -magnitude : magnitude;
}

/** The binary32 number nearest to ±numerator/denominator · 2^-149, half to even; undefined where it overflows. */
function nearest(sign: number, numerator: bigint, denominator: bigint): number | undefined {
  let shift = 0n;
  while (numerator / (denominator << shift) >= 1n << 24n) shift++;
  const divisor = denominator << shift;
  let quotient = numerator / divisor;
  const twice = 2n * (numerator % divisor);
  if (twice > divisor || (twice === divisor && quotient % 2n === 1n)) quotient++;
  const magnitude = Number(quotient) * 2 ** (Number(shift) - 149);
  return magnitude >= 2 ** 128 ? undefined : sign * magnitude;
}

const FLOAT = fc
  .oneof(
    fc.integer({ min: 0, max: 0xffffffff }),
    // Subnormals, the least normals, and powers of two with their neighbours.
    fc.integer({ min: 0, max: 0x01000010 }),
    fc.tuple(fc.integer({ min: 0, max: 253 }), fc.integer({ min: -2, max: 2 })).map(([e, d]) => (e + 1) * 2 ** 23 + d),
  )
  .map(floatOf)
  .filter(Number.isFinite);

function rounded(compute: () => number): number | undefined {
  try {
    return compute();
  } catch (error) {
    if (error instanceof BoundViolation) return undefined;
    throw error;
  }
}

function sign(...factors: number[]): number {
  return factors.filter((x) => x < 0 || Object.is(x, -0)).length % 2 === 1 ? -1 : 1;
}

function magnitude(x: bigint): bigint {
  return x < 0n ? -x : x;
}

const RUNS = { numRuns: 5_000 };

describe("fl", () => {
  test("rounds sums, products, quotients and roots once, half to even", () => {
    fc.assert(
      fc.property(FLOAT, FLOAT, (x, y) => {
        const [a, b] = [units(x), units(y)];

        const sum = a + b;
        if (sum !== 0n) expect(rounded(() => fl(x + y))).toBe(nearest(sum < 0n ? -1 : 1, magnitude(sum), 1n));
        expect(rounded(() => fl(x * y))).toBe(nearest(sign(x, y), magnitude(a * b), 1n << 149n));
        if (y !== 0) {
          expect(rounded(() => fl(x / y))).toBe(nearest(sign(x, y), magnitude(a) << 149n, magnitude(b)));
        }
      }),
      RUNS,
    );
  });

  test("rounds square roots once", () => {
    fc.assert(
      fc.property(FLOAT, (x) => {
        const root = fl(Math.sqrt(Math.abs(x)));

        // Twice the root's neighbours' midpoints, squared, enclose 4x: all in units of 2^-298.
        const unit = units(root);
        word.setFloat32(0, root);
        const bits = word.getUint32(0);
        const above = unit + units(floatOf(bits + 1));
        const below = bits === 0 ? 0n : unit + units(floatOf(bits - 1));
        const square = 4n * magnitude(units(x)) * (1n << 149n);
        expect(below * below <= square && square <= above * above).toBe(true);
      }),
      RUNS,
    );
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY, -(2 ** 128), 2 ** 128 - 2 ** 103])("refuses %d", (x) => {
    expect(() => fl(x)).toThrow(BoundViolation);
  });

  test("takes the greatest number that rounds to a finite one", () => {
    expect(fl(2 ** 128 - 2 ** 103 - 2 ** 75)).toBe(2 ** 128 - 2 ** 104);
  });
});

describe("rne", () => {
  test.each([
    [0.5, 0],
    [1.5, 2],
    [2.5, 2],
    [-0.5, 0],
    [-1.5, -2],
    [-2.5, -2],
    [0.49999997, 0],
    [-0.50000006, -1],
    [8388607.5, 8388608],
    [4194303.5, 4194304],
    [4194302.5, 4194302],
    [-4194302.5, -4194302],
    [2147483648, 2147483648],
    [-126.5, -126],
    [2 ** -149, 0],
  ])("of %d is %d", (x, wanted) => {
    expect(rne(Math.fround(x)) + 0).toBe(wanted);
  });

  test("equals adding and taking away 1.5 · 2^23 below 2^22", () => {
    const small = fc.float({ min: -(2 ** 22), max: 2 ** 22, noNaN: true });
    const halves = fc.integer({ min: -(2 ** 22), max: 2 ** 22 }).map((x) => x / 2);
    fc.assert(
      fc.property(fc.oneof(small, halves), (x) => {
        const c = gridConstant(0);

        expect(rne(x) + 0).toBe(fl(fl(x + c) - c) + 0);
      }),
      RUNS,
    );
  });
});
