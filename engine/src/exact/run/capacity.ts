/** Positions by which a cache grows: few shapes, so that memory plans are reused, and little that is masked. */
const STEP = 64;

export function grownCapacity(positions: number): number {
  return Math.ceil(positions / STEP) * STEP;
}
