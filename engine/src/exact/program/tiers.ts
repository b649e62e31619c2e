import type { Tier } from "./Program.js";

/** How many digits in base 128 (8 or 15 bits) each operand has, and how fine the committed grids are. */
export interface TierSettings {
  readonly activationDigits: 1 | 2;
  readonly weightDigits: 1 | 2;
  readonly attentionDigits: 1 | 2;
  readonly exponent: ExponentGrid;
  readonly sigmoid: SigmoidGrid;
}

/** Exponentials of multiples of 2^-gridBits; that of the largest score is exp(peak · 2^-gridBits), rounded. */
export interface ExponentGrid {
  readonly gridBits: number;
  readonly peak: number;
}

/** Sigmoids of multiples of 2^-gridBits, in `levels` parts; even, so that σ(0) is an integer. */
export interface SigmoidGrid {
  readonly gridBits: number;
  readonly levels: number;
}

/** The sum of a row of exponentials stays below this, so that every order of adding them is exact in binary32. */
const SUM_LIMIT = 2 ** 24;

/**
 * Exponentials up to 953 (16,000 keys) and 872 levels of sigmoids keep every point of both tables far from half integers:
 * a device whose exp is within 1e-5 of itself, or whose sigmoid within 2e-6, rounds to the same tables.
 */
const COARSE = { exponent: { gridBits: 6, peak: 439 }, sigmoid: { gridBits: 6, levels: 872 } } as const;

export function tierSettings(tier: Tier, maxPositions: number): TierSettings {
  switch (tier) {
    case "w8a8":
      return { activationDigits: 1, weightDigits: 1, attentionDigits: 1, ...COARSE };
    case "w8a16":
      return { activationDigits: 2, weightDigits: 1, attentionDigits: 1, ...COARSE };
    case "w15a15":
      return {
        activationDigits: 2,
        weightDigits: 2,
        attentionDigits: 2,
        exponent: { gridBits: 10, peak: finePeak(maxPositions) },
        sigmoid: { gridBits: 10, levels: 2 ** 15 - 2 },
      };
  }
}

/** The largest peak on a grid of 2^-10 for which `maxPositions` exponentials sum below 2^24; at most 2^15. */
function finePeak(maxPositions: number): number {
  return Math.floor(Math.log(Math.min(2 ** 15, (SUM_LIMIT - 1) / maxPositions)) * 2 ** 10);
}
