/**
 * Linear warm-up, a hold at the peak, then a cosine down to a floor (Loshchilov and Hutter 2017, without restarts).
 * What comes before the descent does not depend on when it ends: a run can be made longer while it is running.
 */
export interface Schedule {
  readonly peak: number;
  readonly warmupSteps: number;
  readonly holdSteps: number;
  readonly totalSteps: number;
  /** The last learning rate as a part of the peak. */
  readonly floor: number;
}

/** Learning rate of a step, counted from 0. */
export function learningRate({ peak, warmupSteps, holdSteps, totalSteps, floor }: Schedule, step: number): number {
  if (step < warmupSteps) return (peak * (step + 1)) / warmupSteps;
  const start = warmupSteps + holdSteps;
  const progress = Math.min(1, Math.max(0, step - start) / Math.max(1, totalSteps - start));
  return peak * (floor + (1 - floor) * 0.5 * (1 + Math.cos(Math.PI * progress)));
}
