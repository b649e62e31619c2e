/**
 * The token-keyed kernel over a whole answer: what exact programs' `similarity`, `denominator` and `credit` give at each of
 * its positions (see `AttributionOp`), summed over them. Sums over positions, and the shares made of them, are integers
 * outside of any program: whoever has the rows of credits adds them up again.
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
import { KERNEL_WHOLE } from "../../exact/program/AttributionOp.js";
import { codeWords, type PositionCodes } from "../codes.js";
import type { KernelIndex } from "./KernelIndex.js";
import { PostingScan } from "./PostingScan.js";

export interface KernelCredit {
  /** For each index, the credit of each record that has some postings near a token, in units of 2^−16 surprise. */
  readonly credits: readonly ReadonlyMap<number, number>[];
  /** Σ w over the answer's tokens so far. */
  readonly weight: number;
  /** den of each of them. */
  readonly denominators: readonly number[];
}

/** Credits the records of every index for one answer; `visit`, if given, sees each answer position before the next. */
export function creditRecords(
  indexes: readonly KernelIndex[],
  answer: PositionCodes,
  visit?: (position: number, credit: KernelCredit) => void,
): KernelCredit {
  const running = new RunningCredit(indexes);
  running.add(answer, visit);
  return running;
}

/** The same while an answer is being written: what it says after each token is what the whole would say of the tokens so far. */
export class RunningCredit implements KernelCredit {
  readonly credits: readonly Map<number, number>[];
  readonly denominators: number[] = [];
  weight = 0;
  readonly #indexes: readonly KernelIndex[];
  readonly #scans: readonly PostingScan[];

  constructor(indexes: readonly KernelIndex[]) {
    this.#indexes = indexes;
    this.credits = indexes.map(() => new Map());
    this.#scans = indexes.map(() => new PostingScan());
  }

  /** Credits for the tokens that come next. */
  add(tokens: PositionCodes, visit?: (position: number, credit: KernelCredit) => void): void {
    const words = codeWords(tokens.codes);
    for (let t = 0; t < tokens.ids.length; t++) {
      this.#addToken(tokens.ids[t]!, tokens.surprises[t]!, words, 4 * t);
      visit?.(this.denominators.length - 1, this);
    }
  }

  #addToken(token: number, surprise: number, words: Uint32Array, at: number): void {
    let den = KERNEL_WHOLE;
    for (const [i, index] of this.#indexes.entries()) den += this.#scans[i]!.run(index, token, words, at);
    this.denominators.push(den);
    this.weight += surprise;
    for (const [i, scan] of this.#scans.entries()) {
      const credit = this.credits[i]!;
      for (let k = 0; k < scan.found; k++) {
        const record = scan.records[k]!;
        const part = Math.floor((surprise * scan.sums[k]! * KERNEL_WHOLE) / den);
        credit.set(record, (credit.get(record) ?? 0) + part);
      }
    }
  }
}
