/** Constants of norms in integers: as many bits of squares, roots and factors as products below 2^52 leave. */
import { DIGIT_LEVELS } from "../../program/IntegerOp.js";
import { ceilLog2, floorLog2 } from "../powerOfTwo.js";
import { ROW_BITS } from "./units.js";

/** Of products before they are shifted: half of what is proven, for what multipliers' roundings add. */
export const PRODUCT_BITS = 51;
/** Of weights of attention and factors of norms. */
export const FACTOR_BITS = 30;
/** Of a norm's squares, at most, and of the inverse of their root. */
const SQUARE_BITS = 20;
const INVERSE_BITS = 22;

/** Squares of digits times 2^squareBits, and epsilon among them. */
export interface NormSquares {
  readonly squareBits: number;
  readonly epsilon: number;
}

/** @param size elements of a group @param epsilon of their mean square @param unit of the row */
export function normSquares(size: number, epsilon: number, unit: number): NormSquares {
  const added = size * epsilon * (DIGIT_LEVELS / unit) ** 2;
  const largest = Math.max(size * DIGIT_LEVELS ** 2, added);
  // Even, so that their root is a power of two as well.
  const squareBits = 2 * Math.max(0, Math.floor(Math.min(SQUARE_BITS, PRODUCT_BITS - ceilLog2(largest)) / 2));
  // Of 24 bits, as a constant is held; an integer nevertheless.
  return { squareBits, epsilon: Math.fround(Math.round(added * 2 ** squareBits)) };
}

/** Bits of the root of a row that is not zero: one of its digits is ±127. */
function leastRoot({ squareBits }: NormSquares): number {
  return floorLog2(DIGIT_LEVELS) + squareBits / 2;
}

/** Bits of the root of a row of zeros; an epsilon of nothing is for the proof to refuse. */
function zeroRoot({ epsilon }: NormSquares): number {
  return Math.floor(floorLog2(Math.max(1, epsilon)) / 2);
}

/**
 * Bits of what is divided by the root, where digits are multiplied by the factor.
 * @param scale of the digits, at most @param ratio of it to that of the squares, at most
 */
export function rootBitsOf(squares: NormSquares, scale: number, ratio: number): number {
  const least = leastRoot(squares);
  return Math.min(
    least + Math.min(INVERSE_BITS, PRODUCT_BITS - ceilLog2(scale), FACTOR_BITS - ceilLog2(ratio)),
    FACTOR_BITS + zeroRoot(squares),
  );
}

export interface HeadNorm {
  readonly numerator: number;
  readonly rootBits: number;
  readonly shift: number;
  /** Of a normed element. */
  readonly unit: number;
}

/** Where the norm is applied to the row itself. */
export function headNorm(squares: NormSquares, headDim: number): HeadNorm {
  const rootBits = INVERSE_BITS + leastRoot(squares);
  const zero = FACTOR_BITS - rootBits + zeroRoot(squares);
  const numeratorBits = Math.max(0, Math.min(PRODUCT_BITS - INVERSE_BITS, zero));
  const shift = Math.max(0, numeratorBits + INVERSE_BITS - ROW_BITS);
  const factorBits = numeratorBits + rootBits - squares.squareBits / 2;
  return {
    numerator: 2 ** numeratorBits,
    rootBits,
    shift,
    unit: 2 ** (shift - factorBits) * DIGIT_LEVELS * Math.sqrt(headDim),
  };
}
