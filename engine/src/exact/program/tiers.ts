import type { Arithmetic, Tier } from "./Program.js";

/** How many digits in base 128 (8 or 15 bits) each operand has, and how fine the committed grids are. */
export interface TierSettings {
  readonly activationDigits: 1 | 2;
  readonly weightDigits: 1 | 2;
  readonly attentionDigits: 1 | 2;
  /** Grids of exponentials, finest first: a layer takes the first that provably holds its scores. */
  readonly exponents: readonly [ExponentGrid, ...ExponentGrid[]];
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
const COARSE = { exponents: [{ gridBits: 6, peak: 439 }], sigmoid: { gridBits: 6, levels: 872 } } as const;

/**
 * Exponentials of the finest tier go up to 2^15 and, with many keys, no lower than 132, less what a peak on a grid loses:
 * with 128 and more a row of weights never falls under the guard of its scale.
 */
const FINE_PEAK = 2 ** 15;
const LEAST_PEAK = 132;

/** Integers look all functions up, in tables as fine as the finest tier's, and add up in binary64. */
const INTEGER_GRIDS = {
  exponents: [peakedGrid(10, FINE_PEAK), peakedGrid(8, FINE_PEAK), peakedGrid(6, FINE_PEAK)],
  sigmoid: { gridBits: 10, levels: 2 ** 15 - 2 },
} as const;

/** @param keys that a position sees at most */
export function tierSettings(tier: Tier, keys: number, arithmetic: Arithmetic = "float"): TierSettings {
  const settings = floatSettings(tier, keys);
  return arithmetic === "float" ? settings : { ...settings, ...INTEGER_GRIDS };
}

function floatSettings(tier: Tier, keys: number): TierSettings {
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
        exponents: [fineGrid(10, keys), fineGrid(8, keys), fineGrid(6, keys)],
        sigmoid: { gridBits: 10, levels: 2 ** 15 - 2 },
      };
  }
}

/** Keys that a position may see: their exponentials add up below 2^24, or 2^31 in integers. */
export function mostKeys(tier: Tier, arithmetic: Arithmetic = "float"): number {
  if (arithmetic === "integer") return Math.floor((2 ** 31 - 1) / FINE_PEAK);
  const { gridBits, peak } = COARSE.exponents[0];
  const largest = tier === "w15a15" ? LEAST_PEAK : Math.round(Math.exp(peak / 2 ** gridBits));
  return Math.floor((SUM_LIMIT - 1) / largest);
}

/** The largest peak for which this many exponentials, each rounded, add up below 2^24. */
function fineGrid(gridBits: number, keys: number): ExponentGrid {
  return peakedGrid(gridBits, Math.min(FINE_PEAK, (SUM_LIMIT - 1) / keys - 0.5));
}

function peakedGrid(gridBits: number, largest: number): ExponentGrid {
  return { gridBits, peak: Math.floor(Math.log(largest) * 2 ** gridBits) };
}
