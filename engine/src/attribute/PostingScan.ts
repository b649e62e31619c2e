import { CODE_BITS, MAX_SURPRISE } from "./codes.js";
import { hamming } from "./hamming.js";
import type { Postings } from "./Postings.js";

/** What the kernel reads of one index. */
export interface KernelIndex {
  readonly postings: Postings;
  readonly recordCount: number;
  /** `[targets]`: θ by the token's place among the postings' targets. */
  readonly thresholds: Int16Array;
}

/**
 * One token's look at one index by its postings: which records resemble, and each one's Σ v. `similarity` of exact programs
 * without the records that have nothing.
 */
export class PostingScan {
  found = 0;
  /** Ascending, the first `found`. */
  records = new Uint32Array(64);
  sums = new Float64Array(64);

  /**
   * @param words Codes as `codeWords` makes them, the token's at `at`.
   * @returns Σ v over all postings of the token.
   */
  run(index: KernelIndex, token: number, words: Uint32Array, at: number): number {
    this.found = 0;
    const { postings } = index;
    const place = postings.place(token);
    if (place < 0) return 0;
    // Farther than this and dot ≤ θ, or dot ≤ 0.
    const reach = Math.ceil((CODE_BITS - Math.max(0, index.thresholds[place]!)) / 2) - 1;
    let all = 0;
    let last = -1;
    for (let p = postings.begin(place); p < postings.end(place); p++) {
      const distance = hamming(postings.words, p * 4, words, at);
      if (distance > reach) continue;
      const value = kernelValue(distance, postings.surprise[p]!);
      if (value === 0) continue;
      all += value;
      const record = postings.record[p]!;
      // Postings of a token ascend by record, so a record's are side by side.
      if (record === last) this.sums[this.found - 1]! += value;
      else this.add(record, value);
      last = record;
    }
    return all;
  }

  private add(record: number, value: number): void {
    if (this.found === this.records.length) {
      const records = new Uint32Array(2 * this.found);
      records.set(this.records);
      this.records = records;
      const sums = new Float64Array(2 * this.found);
      sums.set(this.sums);
      this.sums = sums;
    }
    this.records[this.found] = record;
    this.sums[this.found] = value;
    this.found++;
  }
}

/** v of one posting by the bits that differ and by its surprise; 0 to 65,024. */
export function kernelValue(distance: number, surprise: number): number {
  return VALUES[distance * (MAX_SURPRISE + 1) + surprise]!;
}

const VALUES = valueTable();

function valueTable(): Uint16Array {
  const table = new Uint16Array((CODE_BITS + 1) * (MAX_SURPRISE + 1));
  for (let distance = 0; distance <= CODE_BITS; distance++) {
    const cosine = Math.floor((256 * Math.max(CODE_BITS - 2 * distance, 0)) / CODE_BITS);
    for (let surprise = 0; surprise <= MAX_SURPRISE; surprise++) {
      table[distance * (MAX_SURPRISE + 1) + surprise] = (cosine * cosine * surprise) >> 7;
    }
  }
  return table;
}
