/**
 * What digits of integers stand for. For a row x, s = max(1, max |x_i|), and v its digits in L levels (127, or 127 · 128 for
 * high and low together, or 255): v_i is the integer nearest to L · x_i / s. So
 *
 *   |v_i| ≤ L, equal to L at the greatest |x_i| unless the row is zero;
 *   |v_i| · s ≤ L · |x_i| + s / 2, and ≤ 2 · L · |x_i|, because an integer nearest to z is at most 2z.
 *
 * One digit counts 128 in the sums that are joined, so that both forms stand for X = 128 · high + low.
 */
import { DIGIT_LEVELS, PAIR_LEVELS } from "../../program/IntegerOp.js";
import type { Digits, Op, ValueId } from "../../program/Op.js";
import { greatestOf } from "../Fact.js";
import type { Prover } from "../Prover.js";

export interface Steps {
  readonly x: ValueId;
  readonly op: Op & { readonly kind: "rowScale" };
  /** `[groups]`: s at most. */
  readonly scale: Float64Array;
  /** `[length]`: |X_i| · s at most. */
  readonly products: Float64Array;
  /** |X_i − 128 · 127 · x_i / s| at most. */
  readonly half: number;
}

/** Digits of one row, in steps of that row's own scale. */
export function stepsOf(digits: Digits, scale: ValueId, prover: Prover): Steps {
  const [first, rest] = digits;
  const high = prover.operation(first, "quantize", "its high digit");
  prover.belongs(high.scale === scale, `its digits are in steps of value ${high.scale}, its scale is value ${scale}`);
  if (rest !== undefined) {
    const low = prover.operation(rest, "quantizeRest", "its low digit");
    prover.belongs(low.high === first && low.scale === scale && low.x === high.x, "its digits are of two rows");
  }
  const op = ownScale(high.x, scale, prover);
  const half = rest === undefined ? 64 : 0.5;
  return { x: high.x, op, scale: prover.fact(scale).most, half, products: productsOf(high.x, op, half, prover) };
}

/** The scale of a row, made of that row. */
export function ownScale(x: ValueId, scale: ValueId, prover: Prover): Steps["op"] {
  const op = prover.operation(scale, "rowScale", "its scale");
  prover.belongs(op.x === x, `its scale is made of value ${op.x}, its row is value ${x}`);
  return op;
}

function productsOf(x: ValueId, { groups }: Steps["op"], half: number, prover: Prover): Float64Array {
  const { most } = prover.fact(x);
  const size = most.length / groups;
  return most.map((element, i) => {
    const from = Math.floor(i / size) * size;
    const scale = Math.max(1, greatestOf(most.subarray(from, from + size)));
    return stepMost(element, scale, half, PAIR_LEVELS);
  });
}

/** |v| · s at most, v the integer nearest to levels · x / s up to `half`, of s ≤ scale. */
export function stepMost(x: number, scale: number, half: number, levels: number): number {
  return Math.min(2 * levels * x, levels * x + half * scale, levels * scale);
}

/** Digits are ±127 and ±64. */
export const HIGH_MOST = DIGIT_LEVELS;
export const LOW_MOST = 64;
