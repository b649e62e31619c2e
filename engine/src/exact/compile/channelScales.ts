/**
 * Powers of two that move size from activations to weights, channel by channel, so that one large channel does not take
 * the whole range of a row's quantiser (the balance of Xiao et al. 2023, SmoothQuant, eq. 4 with α = ½). Products by
 * powers of two are exact, so the function is the same; sizes of activations are estimated from weights alone.
 */
import { medianOf, nearestLog2 } from "./powerOfTwo.js";

/** A channel that is 2^this times out of balance needs the multiplication. */
const WORTH = 3;

/**
 * @param weights `[d]`, how large the consumers' columns are @param activations `[d]`, how large the channel is
 * @returns exponents `[d]` of what the activation is multiplied by, around 0
 */
export function balanceExponents(weights: Float64Array, activations: Float64Array): Int32Array {
  const exponents = new Int32Array(weights.length);
  for (let i = 0; i < exponents.length; i++) {
    const [w, a] = [weights[i]!, activations[i]!];
    exponents[i] = w > 0 && a > 0 ? nearestLog2(Math.sqrt(w / a)) : 0;
  }
  const middle = medianOf(exponents);
  return exponents.map((exponent) => Math.max(-20, Math.min(20, exponent - middle)));
}

/** Whether a channel is so far off that a multiplication a position pays. */
export function isUnbalanced(exponents: Int32Array): boolean {
  return exponents.some((exponent) => Math.abs(exponent) >= WORTH);
}
