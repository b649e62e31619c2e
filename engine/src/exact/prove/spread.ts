import { HALF_STEP } from "./digitBounds.js";

/**
 * By how much the Euclidean length of a row may exceed that of its digits' steps: ‖x‖ ≤ spread · s·‖q‖, of `size`
 * elements in `levels` levels that reach the guard.
 *
 * One digit is `levels`, and stands for no less than its element; any other p may stand for p + h. So
 * ‖x‖²/(s·‖q‖)² ≤ (L² + Σ(p_i + h)²) / (L² + Σp_i²), and a quotient of sums of equal terms in p_i is greatest where all
 * p_i are one p: trying each of them gives the maximum itself.
 */
export function spread(size: number, levels: number): number {
  const largest = levels ** 2;
  let greatest = 1;
  for (let p = 0; p <= levels; p++) {
    const row = largest * (1 + 2 ** -20) + (size - 1) * (p + HALF_STEP.one) ** 2;
    greatest = Math.max(greatest, row / (largest + (size - 1) * p ** 2));
  }
  return Math.sqrt(greatest);
}
