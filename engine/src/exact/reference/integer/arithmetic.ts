import { EXACT_REACH } from "../../program/IntegerOp.js";
import { accumulator, assertBound } from "../arithmetic.js";

/** An integer whose neighbours and halves binary64 holds: |p| < 2^52. */
export function exact(p: number): number {
  assertBound(Number.isInteger(p) && Math.abs(p) < EXACT_REACH, "what is shifted or divided is below 2^52", p);
  return p;
}

/** p ≫ bits: ⌊p / 2^bits + ½⌋, p · 2^-bits where bits are negative. */
export function shifted(p: number, bits: number): number {
  exact(p);
  assertBound(Number.isInteger(bits) && Math.abs(bits) <= 52, "a shift is an integer in ±52", bits);
  if (bits <= 0) return exact(p * 2 ** -bits);
  // Below 2^53, and so is every step of the division by a power of two.
  return Math.floor((p + 2 ** (bits - 1)) / 2 ** bits);
}

/** a ÷ b = ⌊a / b⌋ of b > 0: the remainder is exact, and so is the quotient of what is left. */
export function quotient(a: number, b: number): number {
  exact(a);
  exact(b);
  assertBound(b > 0, "a divisor is positive", b);
  const rest = a % b;
  return (a - (rest < 0 ? rest + b : rest)) / b;
}

/** ⌊√n⌋ of n ≥ 0. */
export function floorRoot(n: number): number {
  exact(n);
  assertBound(n >= 0, "a square is not negative", n);
  let root = Math.floor(Math.sqrt(n));
  while (root * root > n) root--;
  while ((root + 1) * (root + 1) <= n) root++;
  return root;
}

/** A constant of a table. */
export function constant(c: number): number {
  assertBound(Number.isInteger(c) && Math.abs(c) < 2 ** 24, "a constant is an integer below 2^24", c);
  return c;
}

/** |x| of a number: −2^31 is none. */
export function magnitude(x: number): number {
  assertBound(Number.isInteger(x) && Math.abs(x) < 2 ** 31, "a number is an integer below 2^31", x);
  return Math.abs(x);
}

/** Integers that add up in binary64, in every order: 0 ≤ n < 2^31. */
export const INTEGER_SUM_REACH = 2 ** 31;

export function integerSum(n: number): number {
  assertBound(Number.isInteger(n) && n >= 0 && n < INTEGER_SUM_REACH, "a sum is an integer in [0, 2^31)", n);
  return n;
}

/**
 * A of sums of products of digits.
 * @param sums a_km at k · secondDigits + m
 */
export function joined(sums: readonly number[], firstDigits: number): number {
  if (sums.length === 1) return accumulator(sums[0]!);
  const secondDigits = sums.length / firstDigits;
  let total = 0;
  for (let k = 0; k < firstDigits; k++) {
    for (let m = 0; m < secondDigits; m++) {
      total += accumulator(sums[k * secondDigits + m]!) * 2 ** (7 * (2 - k - m));
    }
  }
  return shifted(total, 7);
}
