/**
 * Codes are digits of quantised rows. How they are held, quantised and multiplied depends on what a device does exactly;
 * every form computes the same numbers.
 */
import type { Value } from "../../../onnx/graph.js";
import type { TableName } from "../../program/Op.js";
import type { Lowering } from "../Lowering.js";

/**
 * `u8s8`: uint8 around 128 times int8 into int32, the fastest on processors with VNNI. `u8u8`: both uint8 around 128,
 * for processors whose u8s8 kernels saturate. `f32`: integers in fp32 products whose sums stay below 2^24, for any device.
 */
export const PRODUCT_FORMS = ["u8s8", "u8u8", "f32"] as const;
export type ProductForm = (typeof PRODUCT_FORMS)[number];

/** Codes are multiplied from the left (activations, queries, weights of attention) or from the right (keys, values). */
export type Side = "left" | "right";

/** Rows `[n, width]` of codes with their scales `[n]`; n = R · groups. */
export interface CodeRows {
  readonly x: Value;
  readonly scale: Value;
  readonly groups: number;
  readonly side: Side;
}

/** The element type of keys and values in a cache. */
export type CacheType = "int8" | "uint8";

export interface CodeForm {
  readonly name: ProductForm;
  /** How keys and values of earlier positions are fed: as they are, or uint8 around 128. */
  readonly cacheType: CacheType;

  /** clamp(rne(fl(x / s)), ±127); `range` says whether |x / s| may be above 127.5. */
  quantize(lowering: Lowering, rows: CodeRows, range: "within" | "beyond"): Value;
  /** clamp(rne(fl(x / s)), 0, 255) of x / s in [0, 255.5). */
  quantizeUnsigned(lowering: Lowering, rows: CodeRows): Value;
  /** The low digit beside `high`. */
  quantizeRest(lowering: Lowering, rows: CodeRows, high: Value): Value;
  /** Codes as f32 integers. */
  toFloat(lowering: Lowering, codes: Value, side: Side): Value;

  /** t of `linear` for outputs `from` to `to`: codes `[R, K]` by digit give f32 `[R, to − from]`. */
  linear(lowering: Lowering, codes: readonly Value[], table: TableName, from: number, to: number): Value;
  /** t of `scores`: queries `[…, M, D]`, keys `[…, D, S]` by digit and scales of keys `[…, 1, S]` give f32 `[…, M, S]`. */
  scores(lowering: Lowering, queries: readonly Value[], keys: readonly Value[], keyScale: Value): Value;
  /**
   * t of `mix`, exact sums over keys of several parts: weights `[…, M, S]` by digit and part, values `[…, S, D]` by digit
   * and part give f32 `[…, M, D]`.
   */
  mix(lowering: Lowering, weights: readonly WeightParts[], values: readonly ValueParts[]): Value;
  /** What is fed of keys or values of earlier positions, as an operand. */
  cached(lowering: Lowering, fed: Value): Value;

  /** f64 integers in ±127 as codes, or from 0 to 255 as codes without sign, which stand on the left. */
  codes(lowering: Lowering, integers: Value, side: Side | "unsigned"): Value;
  /** Codes with sign as f64 integers. */
  integers(lowering: Lowering, codes: Value, side: Side): Value;
  /** Sums of products of digits of `linear`, f64 and exact, of digit k of the row and m of the weights at [k][m]. */
  linearSums(lowering: Lowering, codes: readonly Value[], table: TableName, from: number, to: number): Value[][];
  /** Those of `scores`. */
  scoreSums(lowering: Lowering, queries: readonly Value[], keys: readonly Value[]): Value[][];
  /** Those of `mix`. */
  mixSums(lowering: Lowering, weights: readonly WeightParts[], values: readonly ValueParts[]): Value[][];
}

/** One digit's weights, cut at the parts' bounds. */
export type WeightParts = readonly Value[];
/** One digit's values of each part. */
export type ValueParts = readonly Value[];

/** What the product of digit k of one operand and digit m of the other counts. */
export function digitPower(k: number, m: number): number {
  return 128 ** -(k + m);
}

export function scaledPower(lowering: Lowering, product: Value, power: number): Value {
  return power === 1 ? product : lowering.graph.mul(product, lowering.graph.scalar(power));
}

/** Σ over pairs of digits in the order (0,0), (0,1), (1,0), (1,1), the first operand's digit slower. */
export function addPairs(
  lowering: Lowering,
  first: number,
  second: number,
  product: (k: number, m: number) => Value,
): Value {
  let sum: Value | undefined;
  for (let k = 0; k < first; k++) {
    for (let m = 0; m < second; m++) {
      const one = product(k, m);
      sum = sum === undefined ? one : lowering.graph.add(sum, one);
    }
  }
  return sum!;
}
