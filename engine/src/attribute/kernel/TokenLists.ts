/** The postings of an index by token, as thresholds are taken from them. */
export interface TokenLists {
  /** Tokens that occur, ascending. */
  readonly targets: Uint32Array;

  /** How many postings a token has, by its place among `targets`. */
  sizeOf(place: number): number;

  /**
   * Counts pairs of a token's postings and codes by the bits in which they differ, on top of what is counted already.
   *
   * @param words `[codes, 4]` as `codeWords` makes them
   * @param histogram `[129]`
   */
  countDistances(place: number, words: Uint32Array, histogram: Float64Array): void;
}
