/** Which rows a run is over: `count` sequences of `length` new positions each, R = count · length rows. */
export interface RowBatch {
  readonly count: number;
  readonly length: number;
  /** Positions before these, of each sequence. */
  readonly filled: readonly number[];
  /** Positions that the cache which is fed has room for: P. */
  readonly capacity: number;
}

/** Position of every row. */
export function positionsOf({ count, length, filled }: RowBatch): number[] {
  return Array.from({ length: count * length }, (_, row) => filled[Math.floor(row / length)]! + (row % length));
}
