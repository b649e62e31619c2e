/** A bound that did not hold, before anybody knows at which element: `referenceElement` adds where. */
export class BoundViolation extends Error {
  constructor(
    readonly bound: string,
    readonly value: number,
  ) {
    super(bound);
  }
}

export function assertBound(holds: boolean, bound: string, value: number): void {
  if (!holds) throw new BoundViolation(bound, value);
}

/**
 * Rounds the result of one operation (+ − × ÷ √) on binary32 values to binary32, half to even.
 *
 * The argument was rounded to binary64 before, which changes nothing: 53 ≥ 2 · 24 + 2 bits (Figueroa, "When is double
 * rounding innocuous?", 1995). That holds below 2^-126 too: products of binary32 values are exact in binary64, subnormal
 * sums are exact, and a quotient of 24-bit integers lies at least 2^-49 of itself away from a midpoint that it does not hit.
 */
export function fl(result: number): number {
  const rounded = Math.fround(result);
  assertBound(Number.isFinite(rounded), "a float is finite", result);
  return rounded;
}

/** The nearest integer to a binary32 value, half to even; |x| < 2^52, where the fraction in binary64 is exact. */
export function rne(x: number): number {
  assertBound(Math.abs(x) < 2 ** 52, "a rounded number is below 2^52", x);
  const below = Math.floor(x);
  const fraction = x - below;
  if (fraction < 0.5) return below;
  if (fraction > 0.5) return below + 1;
  return below % 2 === 0 ? below : below + 1;
}

export function clamp(x: number, least: number, greatest: number): number {
  return Math.min(Math.max(x, least), greatest);
}

/** `clamp(rne(x))`: clamped first, which is the same between integers, so that x may be of any size. */
export function roundClamped(x: number, least: number, greatest: number): number {
  return rne(clamp(x, least, greatest));
}

/** An integer of an int32 accumulator: |a| < 2^31. */
export function accumulator(a: number): number {
  assertBound(Number.isInteger(a) && Math.abs(a) < 2 ** 31, "an accumulator is an integer below 2^31", a);
  return a;
}

/** Sums of integers below this are exact in every order, in binary32 too. */
export const SUM_REACH = 2 ** 24;

export function exactSum(n: number): number {
  assertBound(Number.isInteger(n) && n >= 0 && n < SUM_REACH, "a sum is an integer in [0, 2^24)", n);
  return n;
}

/** A digit in base 128: ±127. */
export function digit(d: number): number {
  assertBound(Number.isInteger(d) && Math.abs(d) <= 127, "a digit is an integer in ±127", d);
  return d;
}

/** 1.5 · 2^(23 − gridBits): between half and twice of it binary32 numbers are the multiples of 2^-gridBits. */
export function gridConstant(gridBits: number): number {
  return 1.5 * 2 ** (23 - gridBits);
}
