import { AttributionError } from "../errors.js";

/** `1-bit`: the signs alone. `int8`: 255 steps from the most negative to the most positive entry a size may have. */
export type SketchKind = "1-bit" | "int8";

/** A factor counts 2^-18. */
export const FACTOR_ONE = 2 ** 18;
const MAX_VALUE = 127;

/**
 * A text's gradients in integers, all of them together of one length: entry i of matrix m stands for
 * `values[i] · factors[m] / 2^18`, and the mean of the entries' squares is 1.
 *
 * One length, since a basis of some records knows little of what only others are like: what it has not seen is as large in it
 * as its damping lets it be, and texts of noise would count most.
 *
 * `int8`: values −127 to 127, factors of at most √entries · 2^18 / 127, in 32 bits. `1-bit`: values ±1, factors 2^18. In both a
 * factor of 0 stands for a matrix without gradient, whose values are 0.
 */
export interface Sketch {
  /** `[matrices]` */
  readonly factors: Uint32Array;
  /** `[entries of all matrices]`, one matrix after the other */
  readonly values: Int8Array;
}

/**
 * Rounds to the nearest step, halves away from zero. A matrix' largest entry has 127 steps of its factor; where even that is
 * less than half of 2^-18 of the mean, the matrix has no gradient.
 *
 * @param whitened For each matrix, see `GradientBasis.whiten`
 * @throws AttributionError `not_finite`
 */
export function sketchOf(whitened: readonly Float64Array[], kind: SketchKind): Sketch {
  const factors = new Uint32Array(whitened.length);
  const values = new Int8Array(whitened.reduce((sum, { length }) => sum + length, 0));
  const size = rootMeanSquare(whitened, values.length);
  if (size === 0) return { factors, values };
  let at = 0;
  for (const [m, entries] of whitened.entries()) {
    let largest = 0;
    for (const entry of entries) largest = Math.max(largest, Math.abs(entry));
    const step = Math.floor(((largest / size) * FACTOR_ONE) / MAX_VALUE + 0.5);
    factors[m] = step === 0 || kind === "int8" ? step : FACTOR_ONE;
    if (step > 0) quantize(entries, (step / FACTOR_ONE) * size, kind, values.subarray(at, at + entries.length));
    at += entries.length;
  }
  return { factors, values };
}

function rootMeanSquare(whitened: readonly Float64Array[], count: number): number {
  let sum = 0;
  for (const entries of whitened) for (const entry of entries) sum += entry * entry;
  if (!Number.isFinite(sum)) throw new AttributionError("not_finite", `the size of a whitened gradient is ${sum}`);
  return Math.sqrt(sum / count);
}

function quantize(entries: Float64Array, step: number, kind: SketchKind, values: Int8Array): void {
  for (let i = 0; i < entries.length; i++) {
    const entry = entries[i]!;
    const sign = entry < 0 ? -1 : 1;
    values[i] = kind === "1-bit" ? sign : sign * Math.min(MAX_VALUE, Math.floor(Math.abs(entry) / step + 0.5));
  }
}
