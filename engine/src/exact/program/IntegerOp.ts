/**
 * The operations of a program in integers: kinds, inputs and shapes are those of `Op`, definitions are others. For devices
 * that do not round quotients, roots or binary32 as `Op` needs, but add and multiply integers below 2^53 exactly.
 *
 * What is f32 there is a number here: an i32 above −2^31 in a fixed unit, which only the compiler knows. Constants of tables
 * are integers as well, in ±(2^24 − 1), which their binary32 holds. ⌊x⌋ is the greatest integer up to x, a ÷ b is ⌊a / b⌋ of
 * b > 0, √ is the real root, and p ≫ k = ⌊p / 2^k + ½⌋ rounds half up; a negative k multiplies. Every p, every a and every
 * result is below 2^52 in magnitude.
 *
 * Digits are those of `Op`, low ones in ±64. Sums of products a_km of digit k (from 0) of one row and m of another are joined
 * to A = a_00, or of more than one pair A = (Σ_km a_km · 2^(7·(2 − k − m))) ≫ 7.
 *
 * Fields of `Op` that have nothing to say here have the value with which it says the same: `levels` is 1, `gridBits` is 0
 * but for that of `surprise`. Maxima have no `limit`, and there is no `cubic`: a table of sigmoids may be one of any function.
 */
import type { Op } from "./Op.js";

/** Least scale: a row of zeros has one too. */
export const INTEGER_GUARD = 1;

/** Digits count to this at the greatest magnitude of their row: high and low together, and without sign. */
export const DIGIT_LEVELS = 127;
export const PAIR_LEVELS = 127 * 128;
export const UNSIGNED_LEVELS = 255;

/** Cosines and sines of a rotary table are multiples of 2^-14. */
export const ROTARY_BITS = 14;

/** What is multiplied, divided or shifted stays below this. */
export const EXACT_REACH = 2 ** 52;

type NoFields = Readonly<Record<never, never>>;

/** Fields of an operation beside those of `Op`, with its definition. Shifts are −52 to 52. */
export interface IntegerFields {
  /** x_i = (e_i · c) ≫ shift, c the multiplier of the token's row. i32 */
  readonly embed: { readonly shift: number };
  /** x_i + t_i. i32 */
  readonly addPosition: NoFields;
  /** y_i = (x_i · v_i) ≫ shift, v a vector of powers of two. i32 */
  readonly multiplyChannels: { readonly shift: number };
  /** s_g = max(1, max |x_i| of group g). i32 [groups] */
  readonly rowScale: NoFields;
  /** q_i = (2 · 127 · x_i + s_g) ÷ (2 · s_g): the integer nearest to 127 · x_i / s_g. int8 */
  readonly quantize: NoFields;
  /** l_i = (2 · 127 · 128 · x_i + s_g) ÷ (2 · s_g) − 128 · q_i. int8 */
  readonly quantizeRest: NoFields;
  /** (2 · 255 · x_i + s_g) ÷ (2 · s_g). u8 */
  readonly quantizeUnsigned: NoFields;
  /** n_g = Σ q_i² over group g, below 2^31. i32 [groups] */
  readonly sumSquares: NoFields;
  /**
   * r_g = (a · (2^rootBits ÷ ⌊√N⌋)) ÷ t, N = n_g · 2^squareBits + (epsilon ÷ t) ÷ t, t the scale of the squares' digits:
   * a / t over √n, where epsilon is d · ε · 2^squareBits in units of (t's unit / 127)². i32 [groups]
   */
  readonly normScale: { readonly squareBits: number; readonly rootBits: number };
  /** y_i = (((x_i · r_g) ≫ shift) · w_i) ≫ vectorShift for the first heads. i32 */
  readonly normHeads: { readonly shift: number; readonly vectorShift: number };
  /** y_n = (((A · c_n) ≫ shift) · r) ≫ scaleShift (+ b_n), A of the row's digits and those of row n of the matrix. i32 */
  readonly linear: { readonly shift: number; readonly scaleShift: number };
  /** x_i + y_i. i32 */
  readonly add: NoFields;
  /** y_i = (x_i · cos_i − x_{i+h} · sin_i) ≫ 14 and y_{i+h} = (x_{i+h} · cos_i + x_i · sin_i) ≫ 14. i32 */
  readonly rotate: NoFields;
  /** u_hj = (((A · k_j) ≫ shift) · s_h) ≫ scaleShift, A of the query's digits and the key's. i32 [heads, visible keys] */
  readonly scores: { readonly shift: number; readonly scaleShift: number };
  readonly scoreMax: NoFields;
  /** e_hj = table[m_h − u_hj], 0 beyond the table. u16 [heads, keys] */
  readonly exponent: NoFields;
  /** z_h = Σ_j e_hj, below 2^31. i32 [heads] */
  readonly sum: NoFields;
  /** p_hj = (e_hj · v_j) ≫ shift. i32 [heads, keys] */
  readonly weigh: { readonly shift: number };
  /** y_hd = (A · ((s_h · 2^sumBits) ÷ z_h)) ≫ shift, A of digits of p_hj and v_jd over visible keys. i32 */
  readonly mix: { readonly sumBits: number; readonly shift: number };
  /** σ_i = table[t + half], t = x_i ≫ shift clamped to ±half. i32 [width] */
  readonly sigmoid: { readonly shift: number };
  /** y_i = (((x_i · σ_i) ≫ shift) · x_{i+width}) ≫ upShift. i32 [width] */
  readonly gate: { readonly shift: number; readonly upShift: number };
  /** y_i = (x_i · σ_i) ≫ shift. i32 */
  readonly activate: { readonly shift: number };
  /** l_i = clamp(x_i, ±2^23). i32 */
  readonly integerLogits: NoFields;
  /** As `Op` says. */
  readonly signBits: NoFields;
  /** What attribution pays by is made of integers in both arithmetics: see `AttributionOp`. */
  readonly surprise: NoFields;
  readonly similarity: NoFields;
  readonly continuity: NoFields;
  readonly denominator: NoFields;
  readonly credit: NoFields;
  readonly windowSum: NoFields;
}

export type IntegerKind = keyof IntegerFields;

/** An operation of a program in integers. */
export type IntegerOp<K extends IntegerKind = IntegerKind> = {
  readonly [k in K]: Extract<Op, { readonly kind: k }> & IntegerFields[k];
}[K];
