/**
 * What a root-mean-square norm makes of a row in integers: r = (a · i) ÷ t, i = 2^P ÷ ⌊√N⌋, N = n · 2^b + (E ÷ t) ÷ t, where
 * n = Σ q², q the digits of x in steps of t.
 *
 * A row that is not zero has a digit of ±127, so √n ≥ 127 and ⌊√N⌋ ≥ √n · 2^(b/2) − 1. Hence
 *
 *   √n · i ≤ C = 2^(P − b/2) / (1 − 2^(−b/2) / 127), and i ≤ C / 127.
 *
 * A row of zeros has n = 0 and t = 1: i = 2^P ÷ ⌊√E⌋, which its digits, all 0, are multiplied by. Of a constant a and any
 * row, r ≤ a · 2^P / (√E · (1 − 2^-13) − 1): t · ⌊√N⌋ ≥ √(t² · (n · 2^b − 1) + E) − t, which is least at t² = E / (K · (K − 1)),
 * K = 127² · 2^b − 1, where it is √E · √(1 − 1/K).
 *
 * |X_j| ≤ 128 · (|q_j| + ½), X the digits of x together, equal to 128 · 127 at the greatest: ‖X‖ ≤ 128 · spread · √n, and
 * likewise ‖x‖ ≤ spread · √n · t / 127. Of y = D·x in steps of its own scale s ≤ max(1, max D + ½) · t, with digits Y off by h,
 *
 *   |Y_j| · r ≤ (127 · 128 · |y_j| + h · s) · i / t, |y_j| ≤ D_j · |x_j| (+ ½ where y is rounded).
 */
import type { IntegerOp } from "../../program/IntegerOp.js";
import { DIGIT_LEVELS, PAIR_LEVELS } from "../../program/IntegerOp.js";
import type { Op, ValueId } from "../../program/Op.js";
import { greatestOf } from "../Fact.js";
import type { Prover } from "../Prover.js";
import { spread } from "../spread.js";
import { ownScale, type Steps, stepsOf } from "./steps.js";

export interface IntegerNorm {
  readonly op: IntegerOp<"normScale">;
  /** The row whose digits are squared, their scale, and elements of a group. */
  readonly x: ValueId;
  readonly squared: ValueId;
  readonly size: number;
  /** √n · i at most. */
  readonly length: number;
  /** i at most: of a row that is not zero, and of one that is. */
  readonly inverse: number;
  readonly zeroInverse: number;
}

export function normOf(op: IntegerOp<"normScale">, prover: Prover): IntegerNorm {
  const sum = prover.operation(op.squares, "sumSquares", "its squares");
  const { x } = stepsOf([sum.q], op.squaresScale, prover);
  const least = DIGIT_LEVELS * 2 ** (op.squareBits / 2);
  const length = 2 ** (op.rootBits - op.squareBits / 2) / (1 - 1 / least);
  return {
    op,
    x,
    squared: sum.q,
    size: prover.fact(x).most.length / sum.groups,
    length,
    inverse: length / DIGIT_LEVELS,
    zeroInverse: 2 ** op.rootBits / Math.floor(Math.sqrt(op.epsilon)),
  };
}

/** D of y = D·x, where a scale is of y; absent where it is of x itself. */
export interface Channels {
  readonly factors: Float64Array;
  /** What a rounding of y may add. */
  readonly rounding: 0 | 0.5;
}

/** @param by the scale that a norm's factor has for numerator */
export function channelsOf(norm: IntegerNorm, by: ValueId, prover: Prover): Channels | undefined {
  const { x: y } = prover.operation(by, "rowScale", "its digits' scale");
  if (y === norm.x) return undefined;
  const multiply = prover.operation(y, "multiplyChannels", "its digits' row");
  prover.belongs(multiply.x === norm.x, `its digits are of value ${multiply.x}, its squares of value ${norm.x}`);
  return channelFactors(multiply as IntegerOp<"multiplyChannels">, prover);
}

function channelFactors({ vector, shift }: IntegerOp<"multiplyChannels">, prover: Prover): Channels {
  const { data } = prover.table(vector, "floats");
  const factors = Float64Array.from(data, (factor) => factor * 2 ** -shift);
  for (const factor of data) prover.belongs(factor > 0, `"${vector}" holds ${factor}, which is not positive`);
  return { factors, rounding: shift > 0 ? 0.5 : 0 };
}

/** s / t at most: how much larger a numerator is than the scale of the squares; where y is all zero, s is 1. */
export function numeratorMost(channels: Channels | undefined): number {
  return channels === undefined ? 1 : Math.max(1, greatestOf(channels.factors) + channels.rounding);
}

/** r at most of a constant numerator. */
export function factorMost({ op }: IntegerNorm, numerator: number): number {
  return (numerator * 2 ** op.rootBits) / (Math.sqrt(op.epsilon) * (1 - 2 ** -13) - 1);
}

/** What a linear's sums are made of, after a norm. */
export interface NormedSteps {
  readonly steps: Steps;
  readonly norm: IntegerNorm;
  readonly channels: Channels | undefined;
  /** Σ_j |W_j|·|X_j|·r ≤ ‖W∘D‖ · length + Σ_j |W_j| · each, W the weights. */
  readonly length: number;
  readonly each: number;
}

export function normedSteps(linear: Op & { readonly kind: "linear" }, prover: Prover): NormedSteps {
  const op = prover.operation(linear.scale, "normScale", "its scale") as IntegerOp<"normScale">;
  prover.belongs("scale" in op.by, "its scale is a factor of a row, not of digits");
  const by = (op.by as { readonly scale: ValueId }).scale;
  const norm = normOf(op, prover);
  const steps = stepsOf(linear.q, by, prover);
  const channels = channelsOf(norm, by, prover);
  const row = spread(norm.size, DIGIT_LEVELS);
  if (norm.squared === linear.q[0] && by === op.squaresScale) {
    const longer = linear.q.length === 1 ? 1 : row;
    return { steps, norm, channels, length: 128 * longer * norm.length, each: 0 };
  }
  const rounding = channels?.rounding ?? 0;
  const each = (PAIR_LEVELS * rounding + steps.half * numeratorMost(channels)) * norm.inverse;
  return { steps, norm, channels, length: (PAIR_LEVELS / DIGIT_LEVELS) * row * norm.length, each };
}

/** The row of a norm's scale is the row that is normed. */
export function ownNorm(x: ValueId, norm: IntegerNorm, prover: Prover): void {
  prover.belongs(norm.x === x, `its scale is of value ${norm.x}, its row is value ${x}`);
  ownScale(x, norm.op.squaresScale, prover);
}
