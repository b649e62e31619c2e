/**
 * The token-keyed kernel, in integers.
 *
 * For a token of the answer with code c and surprise w, only postings of the same token are looked at. With
 * dot = 128 − 2 · hamming, a posting of surprise u counts v = (⌊256 · dot / 128⌋² · u) >> 7 when dot > θ and dot > 0, where
 * θ is the index's threshold of that token; den = 2^16 + Σ v over all postings; the record's credit grows by
 * ⌊w · Σ_{its postings} v · 2^16 / den⌋.
 *
 * Bounds, all below 2^53: v ≤ 65,024 < 2^16; a record has at most 256 positions, so Σ of a record < 2^24; w < 2^7, so the
 * dividend < 2^47; den < 2^16 · (1 + postings) < 2^49 for 2^32 postings; a credit grows by less than 2^23 a token, so
 * 2^30 tokens fit. ⌊a / b⌋ in float64 is exact while a + b ≤ 2^53.
 */
import { CODE_BITS, codeWords, MAX_SURPRISE, type PositionCodes } from "./codes.js";
import { hamming } from "./hamming.js";
import type { Postings } from "./Postings.js";

/** Added to every denominator: a token nothing resembles is credited to nobody. */
export const KERNEL_PRIOR = 2 ** 16;
/** A whole, in shares and in the scale of credits. */
export const KERNEL_WHOLE = 2 ** 16;

/** What the kernel reads of one index. */
export interface KernelIndex {
  readonly postings: Postings;
  readonly recordCount: number;
  /** `[targets]`: θ by the token's place among the postings' targets. */
  readonly thresholds: Int16Array;
}

export interface KernelCredit {
  /** For each index, `[records]`: the credit of each record, in units of 2^−16 surprise. */
  readonly credits: readonly Float64Array[];
  /** Σ w over the answer. */
  readonly weight: number;
  /** `[tokens]`: den of each token of the answer. */
  readonly denominators: Float64Array;
}

/** v of one posting by the bits that differ and by its surprise; 0 to 65,024. */
export function kernelValue(distance: number, surprise: number): number {
  return VALUES[distance * (MAX_SURPRISE + 1) + surprise]!;
}

/** Credits every record of every index for one answer; `visit`, if given, sees each answer position before the next. */
export function creditRecords(
  indexes: readonly KernelIndex[],
  answer: PositionCodes,
  visit?: (position: number, credit: KernelCredit) => void,
): KernelCredit {
  const credits = indexes.map((index) => new Float64Array(index.recordCount));
  const denominators = new Float64Array(answer.ids.length);
  const words = codeWords(answer.codes);
  const scans = indexes.map(() => new Scan());
  let weight = 0;

  for (let t = 0; t < answer.ids.length; t++) {
    const w = answer.surprises[t]!;
    let den = KERNEL_PRIOR;
    indexes.forEach((index, i) => {
      den += scans[i]!.run(index, answer.ids[t]!, words, t * 4);
    });
    denominators[t] = den;
    weight += w;
    scans.forEach((scan, i) => {
      const credit = credits[i]!;
      for (let k = 0; k < scan.found; k++) {
        credit[scan.records[k]!]! += Math.floor((w * scan.sums[k]! * KERNEL_WHOLE) / den);
      }
    });
    visit?.(t, { credits, weight, denominators });
  }
  return { credits, weight, denominators };
}

/** One token's look at one index: which records have it, and each one's Σ v. */
class Scan {
  found = 0;
  records = new Uint32Array(64);
  sums = new Float64Array(64);

  /** @returns Σ v over all postings of the token. */
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
