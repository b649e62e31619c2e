import { Random } from "../train/random.js";

/**
 * Unit vectors in random directions, orthogonal within each run of `width` of them, always the same.
 *
 * @returns `[count, width]`
 */
export function randomDirections(count: number, width: number): Float64Array {
  const random = new Random(SEED);
  const directions = new Float64Array(count * width);
  for (let row = 0; row < count; row++) {
    const v = directions.subarray(row * width, (row + 1) * width);
    for (let j = 0; j < width; j++) v[j] = random.normal();
    // Gram-Schmidt against the rows before it in its run.
    for (let other = row - (row % width); other < row; other++) {
      const u = directions.subarray(other * width, (other + 1) * width);
      const along = u.reduce((sum, value, j) => sum + value * v[j]!, 0);
      for (let j = 0; j < width; j++) v[j]! -= along * u[j]!;
    }
    const length = Math.hypot(...v);
    for (let j = 0; j < width; j++) v[j]! /= length;
  }
  return directions;
}

const SEED = 20_260_101;
