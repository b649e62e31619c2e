/** How far a run is. */
export interface Progress {
  readonly planted: number;
  readonly tried: number;
  readonly killed: number;
  /** Since the first was planted. */
  readonly elapsedMs: number;
}

/** A run's counts and, once one has been tried, the time left at the pace so far. */
export function progressLine({ planted, tried, killed, elapsedMs }: Progress): string {
  const counts = `${tried}/${planted} tried, ${killed} killed`;
  if (tried === 0) return counts;
  const minutes = Math.ceil(((elapsedMs / tried) * (planted - tried)) / 60_000);
  return `${counts}, ${minutes} min left`;
}
