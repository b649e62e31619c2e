/** Linear warm-up, then a cosine down to a floor (Loshchilov and Hutter 2017, without restarts). */
export interface Schedule {
  readonly peak: number;
  readonly warmupSteps: number;
  readonly totalSteps: number;
  /** The last learning rate as a part of the peak. */
  readonly floor: number;
}

/** Learning rate of a step, counted from 0. */
export function learningRate({ peak, warmupSteps, totalSteps, floor }: Schedule, step: number): number {
  if (step < warmupSteps) return (peak * (step + 1)) / warmupSteps;
  const progress = Math.min(1, (step - warmupSteps) / Math.max(1, totalSteps - warmupSteps));
  return peak * (floor + (1 - floor) * 0.5 * (1 + Math.cos(Math.PI * progress)));
}
