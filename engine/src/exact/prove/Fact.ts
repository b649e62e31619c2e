/** How much work a bound is worth: from the rows of a matrix one by one, or from the matrix as a whole. */
export type Effort = "rough" | "close";

/** What holds of every row of a value. */
export interface Fact {
  /** |x_i| at most: an entry an element; where a row has an element a key, an entry a head. */
  readonly most: Float64Array;
  /** Whether a row has an element a key. */
  readonly keyed?: boolean;
  /** x_i at least, of values that are positive. */
  readonly least?: Float64Array;
  /** Bound of the Euclidean length of elements `from` to `to` (exclusive); infinite where nothing better is known than `most`. */
  readonly length?: (from: number, to: number, effort: Effort) => number;
}

/** Bound of the Euclidean length of elements `from` to `to` (exclusive) of a row. */
export function lengthOf(fact: Fact, from: number, to: number, effort: Effort): number {
  let squares = 0;
  for (let i = from; i < to; i++) squares += fact.most[i]! ** 2;
  return Math.min(Math.sqrt(squares), fact.length?.(from, to, effort) ?? Number.POSITIVE_INFINITY);
}

/** The greatest entry; 0 of none. */
export function greatestOf(values: ArrayLike<number>): number {
  let greatest = 0;
  for (let i = 0; i < values.length; i++) greatest = Math.max(greatest, values[i]!);
  return greatest;
}
