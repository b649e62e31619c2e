import type { Architecture } from "./architecture.js";
import { rotaryFrequencies } from "./rotary.js";

/**
 * Rotary tables of positions 0 to `positions` − 1, each `[positions, D]`; element i turns with element i + D/2. Computed
 * in float64, stored in float32.
 */
export function rotaryTables(architecture: Architecture, positions: number): { cos: Float32Array; sin: Float32Array } {
  const { headDim } = architecture;
  const half = headDim / 2;
  const frequencies = rotaryFrequencies(architecture);
  const cos = new Float32Array(positions * headDim);
  const sin = new Float32Array(positions * headDim);
  for (let position = 0; position < positions; position++) {
    for (let i = 0; i < half; i++) {
      const angle = position * frequencies[i]!;
      for (const at of [position * headDim + i, position * headDim + i + half]) {
        cos[at] = Math.cos(angle);
        sin[at] = Math.sin(angle);
      }
    }
  }
  return { cos, sin };
}
