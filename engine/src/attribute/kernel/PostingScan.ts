import type { KernelIndex } from "./KernelIndex.js";
import { kernelValue } from "./kernelValue.js";

/**
 * One token's look at one index by its postings: which records resemble, and each one's Σ v. `similarity` of exact programs
 * without the records that have nothing.
 */
export class PostingScan {
  found = 0;
  /** Ascending, the first `found`. */
  records = new Uint32Array(64);
  sums = new Float64Array(64);
  #all = 0;

  /**
   * @param words Codes as `codeWords` makes them, the token's at `at`.
   * @returns Σ v over all postings of the token.
   */
  run(index: KernelIndex, token: number, words: Uint32Array, at: number): number {
    this.found = 0;
    this.#all = 0;
    index.near(token, words, at, this.#add);
    return this.#all;
  }

  readonly #add = (record: number, distance: number, surprise: number): void => {
    const value = kernelValue(distance, surprise);
    if (value === 0) return;
    this.#all += value;
    // Postings of a token ascend by record, so a record's are side by side.
    if (this.found > 0 && this.records[this.found - 1] === record) {
      this.sums[this.found - 1]! += value;
      return;
    }
    if (this.found === this.records.length) this.#grow();
    this.records[this.found] = record;
    this.sums[this.found] = value;
    this.found++;
  };

  #grow(): void {
    const records = new Uint32Array(2 * this.found);
    records.set(this.records);
    this.records = records;
    const sums = new Float64Array(2 * this.found);
    sums.set(this.sums);
    this.sums = sums;
  }
}
