/**
 * What a root-mean-square norm makes of a row: r = fl(a/fl(√V)), V = fl(fl(fl(t·t)·n) + ε), n = Σp², p the digits of x in
 * steps of t.
 *
 * V ≥ (t²·n + ε)·(1 − 2^-22) where ε ≥ 2^-100, because what t·t and the product lose below the normal range, 2^-150 each and
 * the first n < 2^24 times, is below 2^-25 of ε. So r ≤ a·ρ·(1 + 2^-21) with ρ = 1/√(t²·n + ε), and
 *
 *   ‖x‖·ρ ≤ spread(d, P), d elements in P levels: where max|x| reaches the guard by `spread`, and below it because
 *   ‖x‖ ≤ √d·2^-100 and ρ ≤ 2^50.
 *
 * What a linear makes of digits v of y = D·x in steps of its own s, times r = s·ρ, is W·D applied to z, z_i = s·v_i·ρ/D_i:
 *
 *   ‖z‖ ≤ 1 where v is p itself, in one digit (‖z‖ = t·√n·ρ);
 *   ‖z‖ ≤ spread(d, P) where p is the high digit of v: |v_i| ≤ |p_i| + ½;
 *   ‖z‖ ≤ spread(d, P) + h·s·ρ·‖1/D‖ else, and ≤ 2·spread(d, P), because |s·v_i| is at most |y_i| + h·s and 2·|y_i|;
 *   s·ρ ≤ max(max D·spread(d, P), 2^-50)/L in L levels: s is max|y| or the guard, over L.
 */
import type { Op } from "../program/Op.js";
import { DOUBLING, HALF_STEP } from "./digitBounds.js";
import type { Prover } from "./Prover.js";
import { type Quantiser, quantiserOf } from "./quantiser.js";
import { spread } from "./spread.js";

export const LEAST_EPSILON = 2 ** -100;
/** Roundings of r, and of y = D·x and W·z below the normal range where D is between 2^-30 and 2^30. */
const SLACK = 1 + 2 ** -20;
const CHANNEL_REACH = 2 ** 30;

type NormScale = Op & { readonly kind: "normScale" };

export interface Norm {
  readonly squared: Quantiser;
  /** Elements of a group. */
  readonly size: number;
  /** ‖x‖·ρ at most, times the constant numerator where there is one. */
  readonly length: number;
  /** r at most; infinite where only epsilon bounds it. */
  readonly factor: number;
}

/** A norm whose squares are of one row's digits in steps of their own. */
export function normOf(op: NormScale, prover: Prover): Norm {
  const sum = prover.operation(op.squares, "sumSquares", "its squares");
  const squared = quantiserOf([sum.q], op.squaresScale, prover);
  prover.belongs(!squared.saturates, "its squares are of digits that a limit cuts");
  const size = prover.fact(squared.x).most.length / sum.groups;
  const length = spread(size, squared.op.levels);
  if ("numerator" in op.by)
    return { squared, size, length: op.by.numerator * length * SLACK, factor: Number.POSITIVE_INFINITY };
  const { channels, levels } = scaledChannels(op.by.scale, squared, prover);
  return { squared, size, length: length * SLACK, factor: stepOf(channels, levels, length) * SLACK };
}

export interface NormedDigits {
  readonly quantiser: Quantiser;
  /** D, absent where it is 1. */
  readonly channels: Float64Array | undefined;
  /** ‖z‖ at most. */
  readonly length: number;
}

/** Digits of a row, or of it times its channels' factors, whose scale is a norm's factor. */
export function normedDigits(linear: Op & { readonly kind: "linear" }, prover: Prover): NormedDigits {
  const op = prover.operation(linear.scale, "normScale", "its scale");
  prover.belongs("scale" in op.by, "its scale is a factor of a row, not of digits");
  const by = (op.by as { readonly scale: number }).scale;
  const { squared, size } = normOf(op, prover);
  const quantiser = quantiserOf(linear.q, by, prover);
  const { channels, levels } = scaledChannels(by, squared, prover);
  const row = spread(size, squared.op.levels);
  const sum = prover.operation(op.squares, "sumSquares", "its squares");
  if (sum.q === linear.q[0] && by === op.squaresScale) {
    return { quantiser, channels, length: (linear.q.length === 1 ? 1 : row) * SLACK };
  }
  let inverse = 0;
  for (let i = 0; i < size; i++) inverse += 1 / (channels?.[i] ?? 1) ** 2;
  const moved = HALF_STEP[quantiser.kind] * stepOf(channels, levels, row) * Math.sqrt(inverse);
  return { quantiser, channels, length: Math.min(DOUBLING * row, row + moved) * SLACK };
}

/** s·ρ at most. */
function stepOf(channels: Float64Array | undefined, levels: number, row: number): number {
  const largest = channels?.reduce((most, factor) => Math.max(most, factor), 0) ?? 1;
  return Math.max(largest * row, 2 ** -50) / levels;
}

/** D, where the scale is of D·x or of x, x the row of the squares. */
function scaledChannels(scale: number, squared: Quantiser, prover: Prover) {
  const { x: y, levels } = prover.operation(scale, "rowScale", "its digits' scale");
  if (y === squared.x) return { channels: undefined, levels };
  const multiply = prover.operation(y, "multiplyChannels", "its digits' row");
  prover.belongs(multiply.x === squared.x, `its digits are of value ${multiply.x}, its squares of value ${squared.x}`);
  return { channels: channelFactors(multiply, prover), levels };
}

/** Powers of two: products with them are exact but below the normal range. */
export function channelFactors({ vector }: Op & { readonly kind: "multiplyChannels" }, prover: Prover): Float64Array {
  const { data } = prover.table(vector, "floats");
  for (const factor of data) {
    const holds = factor >= 1 / CHANNEL_REACH && factor <= CHANNEL_REACH && Number.isInteger(Math.log2(factor));
    prover.belongs(holds, `"${vector}" holds ${factor}, no power of two from 2^-30 to 2^30`);
  }
  return Float64Array.from(data);
}
