import type { TableName, ValueId } from "./Op.js";

/** Bits of a code, the b of the kernel's formulas. */
export const CODE_BITS = 128;
export const CODE_BYTES = CODE_BITS / 8;

/** The largest surprise: 7 bits. */
export const MAX_SURPRISE = 127;

/** Most positions of a record. */
export const MAX_RECORD_POSITIONS = 256;

/** Base of the two digits of an integer that 31 bits do not hold: high · 2^24 + low, 0 ≤ low < 2^24. */
export const WORD = 2 ** 24;

/** Added to every denominator, and the scale of credits: a token that nothing resembles is credited to nobody. */
export const KERNEL_WHOLE = 2 ** 16;

/** How many tokens back `continuity` looks: with the similarity these are as many leaves as a step reads. */
export const CONTINUITY_TOKENS = 7;
/** Credit of those tokens that counts a similarity once more: a sixteenth of all that one token may be credited with, nearly. */
export const CONTINUITY_UNIT = 2 ** 19;
/** A similarity counts at most this many times more: the dividend of `credit` then stays below 2^52. */
export const CONTINUITY_MOST = 31;

/** How many positions `windowSum` adds: as many leaves as a step reads. */
export const WINDOW_TERMS = 8;

/**
 * What attribution pays by: how surprising each token is, how much each record's positions resemble it, and each record's
 * credit for it. All of it is said of the token that FOLLOWS a position (at p + 1), from what the model made of everything
 * before it; where none follows, surprise, similarities and credits are 0.
 */
export type AttributionOp =
  /**
   * ⌊(127 · (S − w) · 2 + S) / (2 · S)⌋, which is ⌊127 · (1 − p) + ½⌋ of p = w/S: e_i = table[⌊d_i / 2^(12 − gridBits) + ½⌋],
   * 0 beyond the table, d_i the greatest logit less logit i; S = Σ e_i, w = e of the following token. S is in two digits
   * in base 2^24. u8 [1]
   */
  | { readonly kind: "surprise"; readonly logits: ValueId; readonly table: TableName; readonly gridBits: number }
  /**
   * n_i = Σ v over record i's positions at which the following token y stands, with code c and surprise u: with
   * dot = 128 − 2 · hamming(c, the position's code), v = (⌊256 · dot / 128⌋² · u) >> 7 where dot > θ_y, which is 0 or more,
   * else 0. i32 [records]
   */
  | { readonly kind: "similarity"; readonly codes: ValueId; readonly index: TableName }
  /**
   * n_i + ⌊n_i · k_i / 2^19⌋, k_i = min(31 · 2^19, Σ c_i over the 7 positions before this one, or as many as there are), n the
   * similarities and c credits of the same: a record that the tokens just before were credited to counts for more. i32 [records]
   */
  | { readonly kind: "continuity"; readonly sums: ValueId; readonly credit: ValueId }
  /** D + Σ n_i in two digits in base 2^24, high first; D is 2^16, or the denominator of the indexes before. i32 [2] */
  | { readonly kind: "denominator"; readonly sums: ValueId; readonly before?: ValueId }
  /** ⌊w · n_i · 2^16 / D⌋, w the surprise: the record's part of the token, at most w · 2^16 over all records. i32 [records] */
  | {
      readonly kind: "credit";
      readonly sums: ValueId;
      readonly surprise: ValueId;
      readonly denominator: ValueId;
    }
  /**
   * Σ x_i over this position and the 7 that lie `stride`, 2 · `stride`, … before it, as many as there are: of credits, surprises or
   * such sums, so that what an answer's tokens are credited with together lies in few leaves. i32, as many as x
   */
  | { readonly kind: "windowSum"; readonly of: ValueId; readonly stride: number };
