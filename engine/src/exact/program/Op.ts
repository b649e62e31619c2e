import type { AttributionOp } from "./AttributionOp.js";

/**
 * The operations of an exact program.
 *
 * A program is a list of operations; operation i makes value i, one row for every position. `fl(·)` is rounding to
 * binary32, half to even, once; `rne(·)` is rounding to an integer, half to even. Every sum runs over integers, so that
 * its order cannot matter; everything else is one correctly rounded binary32 operation after another, in the order that
 * the parentheses say. A row is written x, its elements x_i; a row of G groups has G equal runs of elements (heads).
 *
 * Integers of more than 8 bits are digits in base 128: value = scale · (high + low / 128), high in ±127, low in ±65.
 */
export type ValueId = number;

/** A constant table of the program, by name; see `Program.tables`. */
export type TableName = string;

/** A row in one or two digits, each a value of int8 elements: [high] or [high, low]. */
export type Digits = readonly [ValueId] | readonly [ValueId, ValueId];

/** The least row maximum that a scale is made of, 2^-100: a row of zeros has a scale too. */
export const SCALE_GUARD = 2 ** -100;

/** Elements of a leaf's chunk of a sum: 1,024 products of ±127 stay below 2^24. */
export const SUM_CHUNK = 1024;

export type Op =
  /** x_i = fl(e_i · s), e = high of the token's row in `table` and s its scale; two digits: e = 128 · high + low, s = scale / 128. f32 */
  | { readonly kind: "embed"; readonly table: TableName }
  /** x_i = fl(x_i + t_i), t the row of the position in `table` (f32). f32 */
  | { readonly kind: "addPosition"; readonly x: ValueId; readonly table: TableName }
  /** y_i = fl(x_i · v_i), v an f32 vector of powers of two. f32 */
  | { readonly kind: "multiplyChannels"; readonly x: ValueId; readonly vector: TableName }
  /** s_g = fl(m_g / levels), m_g = min(max(max |x_i| of group g, 2^-100), limit_g); what has an element a key has a group a head. f32 [groups] */
  | {
      readonly kind: "rowScale";
      readonly x: ValueId;
      readonly groups: number;
      /** 1 to 255, an integer. */
      readonly levels: number;
      /** One f32 a group, above which it saturates; absent where the row's bound makes it needless. */
      readonly limit?: TableName;
    }
  /** q_i = clamp(rne(fl(x_i / s_g)), ±127). int8 */
  | { readonly kind: "quantize"; readonly x: ValueId; readonly scale: ValueId }
  /** The low digit: l_i = clamp(rne(fl(fl(x_i − fl(q_i · s_g)) / fl(s_g / 128))), ±127), q the high digit. int8 */
  | { readonly kind: "quantizeRest"; readonly x: ValueId; readonly scale: ValueId; readonly high: ValueId }
  /** n_g = Σ q_i² over group g, below 2^24. i32 [groups] */
  | { readonly kind: "sumSquares"; readonly q: ValueId; readonly groups: number }
  /**
   * The factor of a root-mean-square norm: r_g = fl(a / fl(√fl(fl(fl(t · t) · n_g) + epsilon))), t the step of the
   * squares' quantiser. a is `scale`, or the constant `numerator` where the norm is applied to x itself. √d and 1/d are
   * folded into constants: `epsilon` is fl(d · ε). f32 [groups]
   */
  | {
      readonly kind: "normScale";
      readonly squares: ValueId;
      readonly squaresScale: ValueId;
      readonly epsilon: number;
      readonly by: { readonly scale: ValueId } | { readonly numerator: number };
    }
  /** y_i = fl(fl(x_i · r_g) · w_i) for the first `groups` heads, y_i = x_i for the rest; w is one head's vector. f32 */
  | {
      readonly kind: "normHeads";
      readonly x: ValueId;
      readonly scale: ValueId;
      /** Vectors of the heads `[groups, headDim]`. */
      readonly vector: TableName;
    }
  /**
   * y_n = fl(t_n · r) (+ bias: fl(· + b_n)). With a_kn = Σ_j q_j · w_nj over digits k of q and m of w,
   * t = fl(…fl(fl(p_00) + p_01)… + p_11), where p_km = fl(fl(fl(a_km) · c_n) · 128^-(k+m)), in the order (0,0), (0,1),
   * (1,0), (1,1). c_n is the row's scale in the table, r the position's scalar, of the high digit both. f32
   */
  | {
      readonly kind: "linear";
      readonly q: Digits;
      readonly scale: ValueId;
      readonly weights: TableName;
      readonly bias?: TableName;
    }
  /** z_i = fl(x_i + y_i). f32 */
  | { readonly kind: "add"; readonly x: ValueId; readonly y: ValueId }
  /**
   * Rotary embedding of the first `groups` heads of x, the rest as they are: with h = headDim/2,
   * y_i = fl(fl(x_i · cos_i) + fl(−x_{i+h} · sin_i)) and y_{i+h} = fl(fl(x_{i+h} · cos_i) + fl(x_i · sin_i)), i < h;
   * cos and sin are the position's rows of `table`. f32
   */
  | { readonly kind: "rotate"; readonly x: ValueId; readonly groups: number; readonly table: TableName }
  /**
   * Scores of the position's queries against every visible key j, on the grid 2^-gridBits, plus the grid's constant
   * C = 1.5 · 2^(23 − gridBits): u_hj = fl(fl(t_hj · s_h) + C), t as in `linear` of the query's digits and the key's, with
   * k_j for c_n: of one digit fl(fl(Σ q_i · key_ji) · k_j). k_j the scale of key head ⌊h / (heads/kvHeads)⌋ at position j, s_h the query's.
   * f32 [heads, visible keys]
   */
  | {
      readonly kind: "scores";
      /** Digits and scales `[heads + 2·kvHeads]` of queries, keys and values, in this order, of this and earlier positions. */
      readonly qkv: Digits;
      readonly scale: ValueId;
      readonly shape: AttentionShape;
      readonly gridBits: number;
    }
  /** m_h = max_j u_hj. f32 [heads] */
  | { readonly kind: "scoreMax"; readonly scores: ValueId }
  /** e_hj = table[fl(m_h − u_hj) · 2^gridBits], 0 beyond the table. u16 [heads, keys] */
  | {
      readonly kind: "exponent";
      readonly scores: ValueId;
      readonly max: ValueId;
      readonly table: TableName;
      readonly gridBits: number;
    }
  /** z_h = Σ_j e_hj, below 2^24. i32 [heads] */
  | { readonly kind: "sum"; readonly x: ValueId }
  /** p_hj = fl(e_hj · v_j), v_j the scale of the value head at position j. f32 [heads, keys] */
  | { readonly kind: "weigh"; readonly exponents: ValueId; readonly scale: ValueId; readonly shape: AttentionShape }
  /** As `quantize`, without sign: clamp(rne(fl(x_i / s_g)), 0, 255). u8 */
  | { readonly kind: "quantizeUnsigned"; readonly x: ValueId; readonly scale: ValueId }
  /**
   * a_hd = Σ_j p_hj · v_jd over visible keys, exact, then y_hd = fl(t_hd · fl(s_h / fl(z_h))). One digit: t = fl(a).
   * Two (signed) digits of p and of v: t as in `linear` with c = 1. f32 [heads · headDim]
   */
  | {
      readonly kind: "mix";
      readonly weights: Digits;
      readonly weightScale: ValueId;
      readonly sum: ValueId;
      readonly qkv: Digits;
      readonly shape: AttentionShape;
    }
  /** y_i = fl(x_i · fl(fl(fl(x_i · x_i) · a) + b)): the argument of the sigmoid in GELU's tanh form. f32 */
  | { readonly kind: "cubic"; readonly x: ValueId; readonly a: number; readonly b: number }
  /**
   * σ_i = table[t + half], t = fl(fl(x_i + C) − C) · 2^gridBits clamped to ±half, C as in `scores`, half = the table's
   * middle; over the first `width` elements of x. i32 [width]
   */
  | {
      readonly kind: "sigmoid";
      readonly x: ValueId;
      readonly width: number;
      readonly table: TableName;
      readonly gridBits: number;
    }
  /** y_i = fl(fl(x_i · σ_i) · x_{i+width}). f32 [width] */
  | { readonly kind: "gate"; readonly x: ValueId; readonly sigmoid: ValueId }
  /** y_i = fl(x_i · σ_i). f32 */
  | { readonly kind: "activate"; readonly x: ValueId; readonly sigmoid: ValueId }
  /** l_i = clamp(rne(fl(x_i · 2^12)), ±2^23). i32 */
  | { readonly kind: "integerLogits"; readonly x: ValueId }
  /** Bit i of byte ⌊i/8⌋ (lowest first) is 1 where x_i > 0. u8 [width/8] */
  | { readonly kind: "signBits"; readonly x: ValueId }
  | AttributionOp;

export interface AttentionShape {
  readonly heads: number;
  readonly kvHeads: number;
  readonly headDim: number;
  /** Key j is visible from position p where j ≤ p and p − j < window; null where all earlier ones are. */
  readonly window: number | null;
}

export type OpKind = Op["kind"];
