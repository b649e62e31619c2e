/**
 * The token-keyed kernel over a whole answer: what exact programs' `similarity`, `continuity`, `denominator` and `credit` give at
 * each of its positions (see `AttributionOp`), summed over them. Sums over positions, and the shares made of them, are integers
 * outside of any program: whoever has the rows of credits adds them up again.
 *
 * For a token of the answer with code c and surprise w, only postings of the same token are looked at. With
 * dot = 128 − 2 · hamming, a posting of surprise u counts v = (⌊256 · dot / 128⌋² · u) >> 7 when dot > θ and dot > 0, where
 * θ is the index's threshold of that token. A record's n = Σ v of its postings counts
 * m = n + ⌊n · min(31 · 2^19, k) / 2^19⌋, k the credit ⌊w · n · 2^16 / (2^16 + Σ n)⌋ of the record for each of the 7 tokens before,
 * added up: who was credited just before is more likely to be the source. den = 2^16 + Σ m over all records; the record's credit
 * grows by ⌊w · m · 2^16 / den⌋.
 *
 * Bounds, all below 2^53: v ≤ 65,024 < 2^16; a record has at most 256 positions, so n < 2^24 and m ≤ 32 · n < 2^29; w < 2^7, so the
 * dividend < 2^52; den < 2^16 + 2^29 · records < 2^52 for 2^22 records; a credit grows by less than 2^23 a token, so
 * 2^30 tokens fit. ⌊a / b⌋ in float64 is exact while a + b ≤ 2^53.
 */
import { KERNEL_WHOLE } from "../../exact/program/AttributionOp.js";
import { type AnswerCodes, codeWords, type PositionCodes } from "../codes.js";
import { Continuity } from "./Continuity.js";
import type { KernelIndex } from "./KernelIndex.js";
import { PostingScan } from "./PostingScan.js";

export interface KernelCredit {
  /** For each index, the credit of each record that has some postings near a token, in units of 2^−16 surprise. */
  readonly credits: readonly ReadonlyMap<number, number>[];
  /** Σ w over the answer's tokens so far. */
  readonly weight: number;
  /** 2^16 + Σ v of each of them, without continuity. */
  readonly denominators: readonly number[];
}

/** Credits the records of every index for one answer; `visit`, if given, sees each answer position before the next. */
export function creditRecords(
  indexes: readonly KernelIndex[],
  answer: AnswerCodes,
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
  #continuities: readonly Continuity[];

  constructor(indexes: readonly KernelIndex[]) {
    this.#indexes = indexes;
    this.credits = indexes.map(() => new Map());
    this.#scans = indexes.map(() => new PostingScan());
    this.#continuities = indexes.map(() => new Continuity());
  }

  /** Credits for the tokens that come next. */
  add(tokens: AnswerCodes, visit?: (position: number, credit: KernelCredit) => void): void {
    const passes = new Map(tokens.passes?.map(({ at, before }) => [at, before]));
    const words = codeWords(tokens.codes);
    for (let t = 0; t < tokens.ids.length; t++) {
      const before = passes.get(t);
      if (before !== undefined) this.#begin(before);
      const [token, surprise] = [tokens.ids[t]!, tokens.surprises[t]!];
      const den = this.#scan(token, words, 4 * t);
      this.#credit(surprise);
      this.#continue(surprise, den);
      this.denominators.push(den);
      this.weight += surprise;
      visit?.(this.denominators.length - 1, this);
    }
  }

  /** Forgets the tokens so far, and takes others for those before the next. */
  #begin({ ids, surprises, codes }: PositionCodes): void {
    this.#continuities = this.#indexes.map(() => new Continuity());
    const words = codeWords(codes);
    ids.forEach((token, t) => {
      this.#continue(surprises[t]!, this.#scan(token, words, 4 * t));
    });
  }

  /** @returns 2^16 + Σ v over all postings of the token */
  #scan(token: number, words: Uint32Array, at: number): number {
    let den = KERNEL_WHOLE;
    for (const [i, index] of this.#indexes.entries()) den += this.#scans[i]!.run(index, token, words, at);
    return den;
  }

  #credit(surprise: number): void {
    let den = KERNEL_WHOLE;
    const sums = this.#scans.map((scan, i) =>
      Float64Array.from({ length: scan.found }, (_, k) => {
        const sum = this.#continuities[i]!.of(scan.records[k]!, scan.sums[k]!);
        den += sum;
        return sum;
      }),
    );
    for (const [i, scan] of this.#scans.entries()) {
      const credit = this.credits[i]!;
      sums[i]!.forEach((sum, k) => {
        const record = scan.records[k]!;
        credit.set(record, (credit.get(record) ?? 0) + Math.floor((surprise * sum * KERNEL_WHOLE) / den));
      });
    }
  }

  /** Tells the tokens that follow what this one was credited to. */
  #continue(surprise: number, den: number): void {
    for (const [i, { records, sums, found }] of this.#scans.entries()) {
      const credits = sums.slice(0, found).map((sum) => Math.floor((surprise * sum * KERNEL_WHOLE) / den));
      this.#continuities[i]!.push(records.slice(0, found), credits);
    }
  }
}
