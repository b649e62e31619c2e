import { CODE_BITS } from "../codes.js";

/** Most bits in which a posting may differ to count: farther and dot ≤ θ, or dot ≤ 0. −1 where none counts. */
export function reachOf(threshold: number): number {
  return Math.ceil((CODE_BITS - Math.max(0, threshold)) / 2) - 1;
}
