import type { ExponentGrid, SigmoidGrid } from "./tiers.js";

/** Grid of the rotary tables: libraries differ in the last bits of cos and sin, never by half of this. */
const ROTARY_GRID = 2 ** 20;

/**
 * e[t] = round(exp((peak − t) · 2^-gridBits)), t from 0 to the last that is not 0. The peak is a point of the grid, so
 * that a device makes the same number by one exp of one exact difference.
 */
export function exponentTable({ gridBits, peak }: ExponentGrid): Int32Array {
  const table: number[] = [];
  for (let t = 0; ; t++) {
    const value = Math.round(Math.exp((peak - t) / 2 ** gridBits));
    if (value === 0) return Int32Array.from(table);
    table.push(value);
  }
}

/** Steps of 2^-10 nats in which surprises see logits, and the greatest logit's weight: a table of 17,745 weights. */
export const SURPRISE_GRID = { gridBits: 10, largest: 2 ** 24 - 1 } as const;

/** e[t] = round(largest · exp(−t · 2^-gridBits)), t from 0 to the last that is not 0. */
export function surpriseTable({
  gridBits,
  largest,
}: {
  readonly gridBits: number;
  readonly largest: number;
}): Int32Array {
  const table: number[] = [];
  for (let t = 0; ; t++) {
    const weight = Math.round(largest * Math.exp(-t / 2 ** gridBits));
    if (weight === 0) return Int32Array.from(table);
    table.push(weight);
  }
}

/** σ[t + half] = round(levels / (1 + exp(−t · 2^-gridBits))), t from −half to half; 0 and `levels` at the ends. */
export function sigmoidTable({ gridBits, levels }: SigmoidGrid): Int32Array {
  const half = Math.ceil(Math.log(2 * levels) * 2 ** gridBits) + 1;
  return Int32Array.from({ length: 2 * half + 1 }, (_, i) => {
    const t = (i - half) / 2 ** gridBits;
    return Math.round(levels / (1 + Math.exp(-t)));
  });
}

/** What GELU multiplies x by, in its tanh form: σ(x · (a·x² + b)), b = 2·√(2/π), a = 0.044715·b (Hendrycks and Gimpel 2016). */
export const GELU_B = 2 * Math.sqrt(2 / Math.PI);
export const GELU_A = 0.044715 * GELU_B;

/** As `sigmoidTable`, of σ(x · (a·x² + b)) at x = t · 2^-gridBits. */
export function geluTable({ gridBits, levels }: SigmoidGrid): Int32Array {
  const at = (x: number) => Math.round(levels / (1 + Math.exp(-x * (GELU_A * x * x + GELU_B))));
  let half = 1;
  while (at(-half / 2 ** gridBits) > 0) half++;
  return Int32Array.from({ length: 2 * half + 1 }, (_, i) => at((i - half) / 2 ** gridBits));
}

/** Rows `[positions, 2, pairs]` of cos and sin of position × frequency, on a grid of 2^-20. */
export function rotaryTable(frequencies: Float64Array, positions: number): Float32Array {
  const pairs = frequencies.length;
  const table = new Float32Array(positions * 2 * pairs);
  for (let position = 0; position < positions; position++) {
    for (let i = 0; i < pairs; i++) {
      const angle = position * frequencies[i]!;
      table[(position * 2 + 0) * pairs + i] = Math.round(Math.cos(angle) * ROTARY_GRID) / ROTARY_GRID;
      table[(position * 2 + 1) * pairs + i] = Math.round(Math.sin(angle) * ROTARY_GRID) / ROTARY_GRID;
    }
  }
  return table;
}
