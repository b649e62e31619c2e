import { CODE_BITS, CODE_BYTES, codeWords, type PositionCodes } from "./codes.js";
import { hamming } from "./hamming.js";
import type { Postings } from "./Postings.js";

/** Most decoy positions read for one token. */
const MAX_DECOYS = 64;
/** What the pairs of all tokens count beside a token's own, in decoys: tokens without decoys take their threshold there. */
const PRIOR_DECOYS = 4;

/**
 * θ of each token of an index: the smallest dot ≥ 0 that so few decoys exceed that one decoy has, on average, at most
 * one posting above it; that is the 1 − 1/n quantile of decoy dots for a token of n postings. Without it what few
 * postings say would drown in the chance resemblances of many.
 *
 * A token's quantile is taken over pairs (decoy of that token, its postings), mixed with `PRIOR_DECOYS` decoys
 * distributed as the pairs of all tokens. Exact: counts are integers.
 *
 * @returns `[targets]`, 0 to 126
 */
export function tokenThresholds(postings: Postings, decoys: readonly PositionCodes[]): Int16Array {
  const ofToken = decoysByToken(decoys);
  const words = decoys.map((decoy) => codeWords(decoy.codes));
  const histograms: (Float64Array | undefined)[] = [];
  const all = new Float64Array(CODE_BITS + 1);
  postings.targets.forEach((target, place) => {
    const found = ofToken.get(target);
    if (found === undefined) return;
    const histogram = new Float64Array(CODE_BITS + 1);
    for (const { decoy, position } of found) {
      for (let p = postings.begin(place); p < postings.end(place); p++) {
        histogram[hamming(postings.words, p * 4, words[decoy]!, position * 4)]!++;
      }
    }
    histograms[place] = histogram;
    histogram.forEach((count, distance) => {
      all[distance]! += count;
    });
  });

  const thresholds = new Int16Array(postings.targets.length);
  const pairs = BigInt(all.reduce((sum, count) => sum + count, 0));
  if (pairs === 0n) return thresholds;
  postings.targets.forEach((target, place) => {
    const count = BigInt(postings.end(place) - postings.begin(place));
    const own = histograms[place];
    const allowed = BigInt((ofToken.get(target)?.length ?? 0) + PRIOR_DECOYS) * pairs;
    let above = 0n;
    let distance = 0;
    // From the nearest outwards, while the pairs at this distance may still count.
    for (; distance < CODE_BITS / 2; distance++) {
      above += BigInt(own?.[distance] ?? 0) * pairs + BigInt(PRIOR_DECOYS) * count * BigInt(all[distance]!);
      if (above > allowed) break;
    }
    thresholds[place] = Math.min(CODE_BITS - 2 * distance, CODE_BITS - 2);
  });
  return thresholds;
}

function decoysByToken(decoys: readonly PositionCodes[]): Map<number, { decoy: number; position: number }[]> {
  const ofToken = new Map<number, { decoy: number; position: number }[]>();
  decoys.forEach((codes, decoy) => {
    for (let position = 0; position < codes.codes.length / CODE_BYTES; position++) {
      const id = codes.ids[position]!;
      const found = ofToken.get(id);
      if (found === undefined) ofToken.set(id, [{ decoy, position }]);
      else if (found.length < MAX_DECOYS) found.push({ decoy, position });
    }
  });
  return ofToken;
}
