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
import { KERNEL_WHOLE } from "../exact/program/AttributionOp.js";
import { codeWords, type PositionCodes } from "./codes.js";
import { type KernelIndex, PostingScan } from "./PostingScan.js";

export interface KernelCredit {
  /** For each index, `[records]`: the credit of each record, in units of 2^−16 surprise. */
  readonly credits: readonly Float64Array[];
  /** Σ w over the answer. */
  readonly weight: number;
  /** `[tokens]`: den of each token of the answer. */
  readonly denominators: Float64Array;
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
  const scans = indexes.map(() => new PostingScan());
  let weight = 0;

  for (let t = 0; t < answer.ids.length; t++) {
    const w = answer.surprises[t]!;
    let den = KERNEL_WHOLE;
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
