import { floorLog2 } from "../powerOfTwo.js";

/** Bits of the largest multiplier of a table, if nothing else is asked for. */
export const MULTIPLIER_BITS = 15;

export interface Multipliers {
  /** Integers up to 2^width in magnitude */
  readonly data: Float32Array;
  /** What they count: 2^-bits. */
  readonly bits: number;
}

/** Real factors as integers over one power of two, the largest of `width` bits. */
export function multipliersOf(factors: ArrayLike<number>, width: number = MULTIPLIER_BITS): Multipliers {
  let largest = 0;
  for (let n = 0; n < factors.length; n++) largest = Math.max(largest, Math.abs(factors[n]!));
  const bits = largest === 0 ? 0 : width - 1 - floorLog2(largest);
  return { data: Float32Array.from(factors, (factor) => Math.round(factor * 2 ** bits)), bits };
}
