import { CODE_BITS, CODE_BYTES, codeWords, type PositionCodes } from "../codes.js";
import type { TokenLists } from "./TokenLists.js";

/** Most decoy positions read for one token. */
const MAX_DECOYS = 64;
/**
 * Postings that a decoy may have above a token's threshold, on average. Of a small index weak resemblances, taken together, tell
 * much: with 1 instead of 64, what was paid predicted retraining worse by .1 to .2. With many more, a million records drown the one
 * that is right: with 512 it kept .51 of its share among a thousand, with 64 it keeps .97.
 */
const CHANCE_POSTINGS = 64;
/** Lists below 2^12 postings may have more by chance, this many over their length: of fewer than 2^9.5 all may count. */
const CHANCE_SQUARED = 2 ** 18;
/** What the pairs of all tokens count beside a token's own, in decoys: tokens without decoys take their threshold there. */
const PRIOR_DECOYS = 4;

/**
 * θ of each token of an index: the smallest dot ≥ 0 that so few decoys exceed that one decoy has, on average, at most
 * max(64, 2^18/n) of the token's n postings above it. Without it what few postings say would drown in the chance resemblances of
 * many.
 *
 * A token's quantile is taken over pairs (decoy of that token, its postings), mixed with `PRIOR_DECOYS` decoys
 * distributed as the pairs of all tokens. Exact: counts are integers.
 *
 * @returns `[targets]`, 0 to 126
 */
export function tokenThresholds(lists: TokenLists, decoys: readonly PositionCodes[]): Int16Array {
  const ofToken = decoysByToken(decoys);
  const histograms: (Float64Array | undefined)[] = [];
  const all = new Float64Array(CODE_BITS + 1);
  lists.targets.forEach((target, place) => {
    const found = ofToken.get(target);
    if (found === undefined) return;
    const histogram = new Float64Array(CODE_BITS + 1);
    lists.countDistances(place, codeWords(joinBytes(found)), histogram);
    histograms[place] = histogram;
    histogram.forEach((count, distance) => {
      all[distance]! += count;
    });
  });

  const thresholds = new Int16Array(lists.targets.length);
  const pairs = BigInt(all.reduce((sum, count) => sum + count, 0));
  if (pairs === 0n) return thresholds;
  lists.targets.forEach((target, place) => {
    const count = BigInt(lists.sizeOf(place));
    const own = histograms[place];
    const decoys = BigInt((ofToken.get(target)?.length ?? 0) + PRIOR_DECOYS);
    // times the postings, so that nothing is rounded
    const allowed = BigInt(Math.max(CHANCE_POSTINGS * lists.sizeOf(place), CHANCE_SQUARED)) * decoys * pairs;
    let above = 0n;
    let distance = 0;
    // From the nearest outwards, while the pairs at this distance may still count.
    for (; distance < CODE_BITS / 2; distance++) {
      above += BigInt(own?.[distance] ?? 0) * pairs + BigInt(PRIOR_DECOYS) * count * BigInt(all[distance]!);
      if (above * count > allowed) break;
    }
    thresholds[place] = Math.min(CODE_BITS - 2 * distance, CODE_BITS - 2);
  });
  return thresholds;
}

/** At most `MAX_DECOYS` codes of each token, in the decoys' order. */
function decoysByToken(decoys: readonly PositionCodes[]): Map<number, Uint8Array[]> {
  const ofToken = new Map<number, Uint8Array[]>();
  for (const { ids, codes } of decoys) {
    for (const [position, id] of ids.entries()) {
      const code = codes.subarray(position * CODE_BYTES, (position + 1) * CODE_BYTES);
      const found = ofToken.get(id);
      if (found === undefined) ofToken.set(id, [code]);
      else if (found.length < MAX_DECOYS) found.push(code);
    }
  }
  return ofToken;
}

function joinBytes(codes: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(codes.length * CODE_BYTES);
  for (const [i, code] of codes.entries()) joined.set(code, i * CODE_BYTES);
  return joined;
}
