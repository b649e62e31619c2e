import type { PositionCodes } from "./codes.js";
import { creditRecords, type KernelIndex } from "./kernel.js";

/** Floors are kept for answers of at least 2^0, 2^1, … 2^8 tokens. */
export const FLOOR_COUNT = 9;

/** One record in this many decoy answers may clear the floor by chance. */
const ANSWERS_PER_FALSE_RECORD = 4;

/**
 * The least share that is paid, by the length of the answer: floor k is for answers of 2^k to 2^(k+1) − 1 tokens.
 *
 * Every decoy is taken as an answer, cut to 2^k tokens: what its records get is chance. The floor is one more than the
 * share that only one record in `ANSWERS_PER_FALSE_RECORD` decoys exceeds. Floors never rise with length.
 *
 * @returns `[9]`, 1 to 65,536
 */
export function shareFloors(index: KernelIndex, decoys: readonly PositionCodes[]): Uint32Array {
  const chance: number[][] = Array.from({ length: FLOOR_COUNT }, () => []);
  const answers = new Uint32Array(FLOOR_COUNT);
  for (const decoy of decoys) {
    creditRecords([index], decoy, (position, { credits, weight }) => {
      const k = Math.log2(position + 1);
      const shares = chance[k];
      if (shares === undefined || weight === 0) return;
      answers[k]!++;
      for (const credit of credits[0]!) if (credit > 0) shares.push(Math.floor(credit / weight));
    });
  }

  const floors = new Uint32Array(FLOOR_COUNT);
  let before = 2 ** 16;
  chance.forEach((shares, k) => {
    shares.sort((a, b) => b - a);
    const allowed = Math.floor(answers[k]! / ANSWERS_PER_FALSE_RECORD);
    // Without decoys of this length the next shorter ones decide.
    before = answers[k] === 0 ? before : Math.min(before, (shares[allowed] ?? 0) + 1);
    floors[k] = before;
  });
  return floors;
}

/** The floor for an answer of `tokens` tokens. */
export function floorFor(floors: Uint32Array, tokens: number): number {
  const k = Math.floor(Math.log2(Math.max(1, tokens)));
  return floors[Math.min(k, FLOOR_COUNT - 1)]!;
}
