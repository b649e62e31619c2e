/**
 * Bounds of binary32 results, in binary64.
 *
 * fl(x) = x · (1 + δ) + η with |δ| ≤ 2^-24, and |η| ≤ 2^-150 below the normal range. What a bound loses by being computed
 * in binary64 (a relative 2^-53 an operation, sums of fewer than 2^25 terms) is below 2^-26 of it: `rounded` covers both.
 */
export function rounded(bound: number): number {
  return bound * (1 + 2 ** -23) + 2 ** -149;
}

/** Every float stays below this: half of where binary32 ends, so that a bound's own roundings cannot matter. */
export const FLOAT_REACH = 2 ** 127;

/** Sums of integers below this are exact in every order, in binary32 too. */
export const SUM_REACH = 2 ** 24;

/** Accumulators of products of digits stay below this. */
export const ACCUMULATOR_REACH = 2 ** 31;

/** Scores on a grid of 2^-gridBits stay below this: added to the grid's constant they keep the exponent that rounds to it. */
export function scoreReach(gridBits: number): number {
  return 2 ** (22 - gridBits);
}
