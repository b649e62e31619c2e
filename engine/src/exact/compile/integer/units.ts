import { DIGIT_LEVELS } from "../../program/IntegerOp.js";
import { greatestOf } from "../../prove/Fact.js";
import { ceilLog2 } from "../powerOfTwo.js";

/** Of rows that are quantised, and of heads, whose scales a cache keeps below 2^24: bounds are below 2^this. */
export const ROW_BITS = 24;
const HEAD_BITS = 23;
/** Finest unit that is of any use. */
const MOST_FRACTION = 24;

/** Units of the three kinds of heads in a row: what 1 counts. */
export interface HeadUnits {
  readonly queries: number;
  readonly keys: number;
  readonly values: number;
}

/** The finest power of two in which something this large is below 2^bits. */
export function finestUnit(most: number, bits = ROW_BITS): number {
  return most === 0 ? 2 ** -MOST_FRACTION : 2 ** Math.max(-MOST_FRACTION, ceilLog2(most) - bits);
}

/**
 * Units of heads: queries, which 1/√D was folded into, count so much less. Theirs has the levels of both digits in it, so that
 * a score is a sum of products of digits and scales over a power of two.
 *
 * @param most `[elements]`, |x_n| at most
 */
export function unitsOfHeads(most: Float64Array, headDim: number, kindOf: (n: number) => keyof HeadUnits): HeadUnits {
  const smaller = 2 ** -Math.floor(ceilLog2(headDim) / 2);
  const queries = smaller * (DIGIT_LEVELS / 128) ** 2;
  const over = most.map((element, n) => (kindOf(n) === "queries" ? element / queries : element));
  const unit = finestUnit(greatestOf(over), HEAD_BITS);
  return { queries: queries * unit, keys: unit, values: unit };
}
