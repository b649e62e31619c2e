import { CONTINUITY_TOKENS, KERNEL_WHOLE } from "../../exact/program/AttributionOp.js";
import { type PositionCodes, sliceCodes } from "../codes.js";
import { creditRecords } from "./creditRecords.js";
import type { KernelIndex } from "./KernelIndex.js";

/** Floors are kept for answers of at least 2^0, 2^1, … 2^8 tokens. */
export const FLOOR_COUNT = 9;

/** Fewest decoys of a length that may set its floor. */
const LEAST_DECOYS = 16;

/**
 * The part of an answer that no record shaped, as a fraction 1/n, which may be paid out by chance. Texts that a model writes
 * resemble many records weakly: with 8 instead of 2, what was paid for them predicted retraining worse by .04 to .08.
 */
const CHANCE_PART = 2;

/**
 * The least share that is paid, by the length of the answer: floor k is for answers of 2^k to 2^(k+1) − 1 tokens.
 *
 * Every decoy is taken as an answer behind its first 7 tokens, cut to 2^k tokens: what records get of it is chance. The floor is the least that
 * lets the decoys pay out no more than 1/`CHANCE_PART` of themselves. Floors never rise with length.
 *
 * @returns `[9]`, 1 to 65,536
 */
export function shareFloors(index: KernelIndex, decoys: readonly PositionCodes[]): Uint32Array {
  const chance: number[][] = Array.from({ length: FLOOR_COUNT }, () => []);
  const answers = new Uint32Array(FLOOR_COUNT);
  for (const decoy of decoys) {
    if (decoy.ids.length <= CONTINUITY_TOKENS) continue;
    const passes = [{ at: 0, before: sliceCodes(decoy, 0, CONTINUITY_TOKENS) }];
    const answer = { ...sliceCodes(decoy, CONTINUITY_TOKENS, decoy.ids.length), passes };
    creditRecords([index], answer, (position, { credits, weight }) => {
      const length = position + 1;
      if ((length & position) !== 0) return;
      const k = powerBelow(length);
      const shares = chance[k];
      if (shares === undefined || weight === 0) return;
      answers[k]!++;
      for (const credit of credits[0]!.values()) if (credit >= weight) shares.push(Math.floor(credit / weight));
    });
  }

  const floors = new Uint32Array(FLOOR_COUNT);
  let before = KERNEL_WHOLE;
  chance.forEach((shares, k) => {
    // With too few decoys of this length the next shorter ones decide.
    const budget = (answers[k]! * KERNEL_WHOLE) / CHANCE_PART;
    if (answers[k]! >= LEAST_DECOYS) before = Math.min(before, leastFloor(shares, budget));
    floors[k] = before;
  });
  return floors;
}

/** The least floor, at least 1, over which `shares` add up to at most `budget`. */
function leastFloor(shares: readonly number[], budget: number): number {
  let paid = 0;
  for (const share of [...shares].sort((a, b) => b - a)) {
    paid += share;
    if (paid > budget) return share + 1;
  }
  return 1;
}

/** The floor for an answer of `tokens` tokens. */
export function floorFor(floors: Uint32Array, tokens: number): number {
  const k = powerBelow(Math.max(1, tokens));
  return floors[Math.min(k, FLOOR_COUNT - 1)]!;
}

/** The greatest k with 2^k ≤ n; n from 1 to 2^31. */
function powerBelow(n: number): number {
  return 31 - Math.clz32(n);
}
