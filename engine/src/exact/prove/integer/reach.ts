/**
 * Bounds of integers, in binary64. A bound is a sum or product of a few, or of fewer than 2^25, others that are not negative:
 * what binary64 loses of it is below 2^-27 of it, which `upper` makes good.
 */
import { EXACT_REACH } from "../../program/IntegerOp.js";
import { type Fact, greatestOf } from "../Fact.js";
import type { Prover } from "../Prover.js";

/** Numbers, and accumulators, stay below this. */
export const NUMBER_REACH = 2 ** 31;

export function upper(bound: number): number {
  return bound * (1 + 2 ** -26);
}

/** |p ≫ bits| at most, of |p| ≤ most. */
export function shiftedMost(most: number, bits: number): number {
  const moved = most * 2 ** -bits;
  return bits > 0 ? moved + 0.5 : moved;
}

const SMALLER = "make the weights before it smaller, or its unit larger";

/** A row of numbers, each |x_i| at most. */
export function numbers(most: Float64Array, prover: Prover): Fact {
  const all = most.map(upper);
  prover.below("a number is below 2^31", greatestOf(all), NUMBER_REACH, SMALLER);
  return { most: all };
}

/** What is shifted or divided is exact. */
export function showExact(what: string, most: ArrayLike<number>, prover: Prover): void {
  prover.below(`${what} is below 2^52`, upper(greatestOf(most)), EXACT_REACH, SMALLER);
}
