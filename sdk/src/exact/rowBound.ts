import { InvalidValueError } from "../errors/InvalidValueError.js";

/** Bounds are integers below this, so that they are the same bytes as u32 and as i32. */
const BOUND_LIMIT = 2 ** 31;

/**
 * Σ_j |w_j|, the sum of the magnitudes of a matrix row's integers, in units of the lowest digit: w_j = high_j of one digit,
 * w_j = 128 · high_j + low_j of two.
 *
 * @param high int8 `[columns]` @param low int8 `[columns]`, of two digits
 * @throws InvalidValueError when the digits are not equally many.
 */
export function rowMagnitude(high: Int8Array, low?: Int8Array): number {
  if (low !== undefined && low.length !== high.length) {
    throw new InvalidValueError("low digits", `${high.length} of them`, low.length);
  }
  let sum = 0;
  for (let j = 0; j < high.length; j++) sum += Math.abs(low === undefined ? high[j]! : 128 * high[j]! + low[j]!);
  return sum;
}

/**
 * The bound of a row of an integer matrix: its magnitude. No sum of products of the row with inputs of magnitude at most m
 * exceeds m times it. A program commits one for each row of each matrix, u32 little endian; whoever sees a row refuses it
 * where its magnitude exceeds its bound.
 *
 * @throws InvalidValueError as `rowMagnitude`, and when it is not below 2^31.
 */
export function rowBound(high: Int8Array, low?: Int8Array): number {
  const magnitude = rowMagnitude(high, low);
  if (magnitude >= BOUND_LIMIT) throw new InvalidValueError("row", "magnitudes that sum below 2^31", magnitude);
  return magnitude;
}
