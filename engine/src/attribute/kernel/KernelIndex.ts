/** Told of a posting: its record, how many bits its code differs in, and its surprise. */
export type NearPosting = (record: number, distance: number, surprise: number) => void;

/** What the kernel reads of one index. */
export interface KernelIndex {
  readonly recordCount: number;

  /**
   * Tells every posting of a token whose dot with a code exceeds the token's θ, and 0; by record, then by position, both
   * ascending. None for a token that no record has.
   *
   * @param words Codes as `codeWords` makes them, the one asked about at `at`
   */
  near(token: number, words: Uint32Array, at: number, found: NearPosting): void;
}
