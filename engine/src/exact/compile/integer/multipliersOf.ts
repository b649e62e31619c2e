import { floorLog2 } from "../powerOfTwo.js";

/** Bits of the largest multiplier of a table. */
const MULTIPLIER_BITS = 15;

export interface Multipliers {
  /** Integers in ±2^15 */
  readonly data: Float32Array;
  /** What they count: 2^-bits. */
  readonly bits: number;
}

/** Real factors as integers over one power of two, the largest of 15 bits. */
export function multipliersOf(factors: ArrayLike<number>): Multipliers {
  let largest = 0;
  for (let n = 0; n < factors.length; n++) largest = Math.max(largest, Math.abs(factors[n]!));
  const bits = largest === 0 ? 0 : MULTIPLIER_BITS - 1 - floorLog2(largest);
  return { data: Float32Array.from(factors, (factor) => Math.round(factor * 2 ** bits)), bits };
}
