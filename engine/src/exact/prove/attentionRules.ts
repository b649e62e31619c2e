import type { AttentionShape, Op } from "../program/Op.js";
import { gridConstant } from "../reference/arithmetic.js";
import { keyHead, valueHead } from "../reference/attention.js";
import { DOUBLING } from "./digitBounds.js";
import { type Effort, type Fact, greatestOf } from "./Fact.js";
import { joinSlack } from "./linearRule.js";
import type { Prover } from "./Prover.js";
import { quantiserOf } from "./quantiser.js";
import { ACCUMULATOR_REACH, FLOAT_REACH, rounded, SUM_REACH, scoreReach } from "./rounding.js";

/** Where the weights' guard would be needed: their greatest is an exponential of this times a scale of 2^-100/127 or more. */
const LEAST_PEAK = 128;

/**
 * `[heads]`: every |fl(t·s)| at most, by Cauchy and Schwarz.
 * @param lengths `[heads + kvHeads]` of what a head's digits stand for.
 */
export function scoresOf(shape: AttentionShape, digits: 1 | 2, lengths: Float64Array): Float64Array {
  const slack = 1 + joinSlack(digits ** 2);
  return lengths
    .subarray(0, shape.heads)
    .map((length, head) => rounded(length * lengths[keyHead(shape, head)]! * slack + 2 ** -140));
}

export function scores(op: Op & { kind: "scores" }, prover: Prover): Fact {
  const { shape, gridBits } = op;
  const row = quantiserOf(op.qkv, op.scale, prover);
  const limit = scoreReach(gridBits);
  const largest = Math.max(...row.high, ...(op.qkv.length === 1 ? [] : row.low));
  const product = shape.headDim * largest ** 2;
  prover.below("an accumulator is below 2^31", product, ACCUMULATOR_REACH, "use narrower heads");
  const scaled = rounded(rounded(2 * product * greatestOf(row.scale.most)));
  prover.below("sums of products times their scale are finite", scaled, FLOAT_REACH, "limit the maxima of heads");

  const within = (effort: Effort) => {
    const lengths = Float64Array.from({ length: shape.heads + shape.kvHeads }, (_, head) => row.length(head, effort));
    return scoresOf(shape, op.qkv.length, lengths);
  };
  let found = within("rough");
  if (!(greatestOf(found) < limit)) found = within("close");
  const advice = "limit the maxima of heads (`rowScale`), or use a coarser grid";
  prover.below("a score stays on its grid", greatestOf(found), limit, advice);
  // A multiple of the grid's step, which binary64 holds.
  return { most: found.map((score) => gridConstant(gridBits) + score + 2 ** -gridBits), keyed: true };
}

export function scoreMax(op: Op & { kind: "scoreMax" }, prover: Prover): Fact {
  prover.operation(op.scores, "scores", "its row");
  return { most: prover.fact(op.scores).most };
}

/** Both are multiples of the grid's step, and none is above their maximum: an index is an integer from 0. */
export function exponent(op: Op & { kind: "exponent" }, prover: Prover): Fact {
  const scored = prover.operation(op.scores, "scores", "its row");
  const max = prover.operation(op.max, "scoreMax", "its maximum");
  prover.belongs(max.scores === op.scores, "its maximum is of other scores");
  prover.belongs(scored.gridBits === op.gridBits, `its grid is 2^-${op.gridBits}, its scores' 2^-${scored.gridBits}`);
  const { data } = prover.table(op.table, "integers");
  prover.below("exponentials are of 16 bits", greatestOf(data), 2 ** 16, `mend "${op.table}"`);
  const advice = "raise the table's peak, or compile for fewer positions";
  prover.atLeast("the largest score's exponential keeps weights above the guard", data[0]!, LEAST_PEAK, advice);
  return { most: new Float64Array(scored.shape.heads).fill(greatestOf(data)), keyed: true };
}

export function sum(op: Op & { kind: "sum" }, prover: Prover): Fact {
  const { scores: row, table } = prover.operation(op.x, "exponent", "its row");
  const { shape } = prover.operation(row, "scores", "its scores");
  const keys = mostKeys(shape, prover);
  const most = prover.fact(op.x).most.map((largest) => largest * keys);
  const advice = `lower the table's peak, or compile for ${Math.floor((SUM_REACH - 1) / (most[0]! / keys))} positions`;
  prover.below("exponentials add up below 2^24", greatestOf(most), SUM_REACH, advice);
  return { most, least: new Float64Array(most.length).fill(prover.table(table, "integers").data[0]!) };
}

export function weigh(op: Op & { kind: "weigh" }, prover: Prover): Fact {
  const { scores: row } = prover.operation(op.exponents, "exponent", "its row");
  const scored = prover.operation(row, "scores", "its scores");
  prover.belongs(
    scored.scale === op.scale && sameShape(scored.shape, op.shape),
    "its heads are not those of its scores",
  );
  const scales = prover.fact(op.scale).most;
  const exponents = prover.fact(op.exponents).most;
  const most = exponents.map((e, head) => rounded(e * scales[valueHead(op.shape, head)]!));
  prover.below("a float is finite", greatestOf(most), FLOAT_REACH, "make the weights before it smaller");
  return { most, keyed: true };
}

/**
 * Weights p of steps s stand for e_j·v_j, doubled at most, so y_d = s·Σ p_j·x_jd/z is at most twice the greatest
 * |v_j·x_jd|: that of a mean of weights e_j/z.
 */
export function mix(op: Op & { kind: "mix" }, prover: Prover): Fact {
  const { shape } = op;
  const weights = quantiserOf(op.weights, op.weightScale, prover);
  const weighed = prover.operation(weights.x, "weigh", "its weights' row");
  const summed = prover.operation(op.sum, "sum", "its sum");
  prover.belongs(weighed.exponents === summed.x, "its sum is of other exponentials than its weights");
  prover.belongs(sameShape(weighed.shape, shape), "its heads are not those of its weights");
  const values = quantiserOf(op.qkv, weighed.scale, prover);

  const digits = op.weights.length === 1 ? [weights.high] : [weights.high, weights.low];
  const largest = greatestOf(digits.map(greatestOf)) * Math.max(greatestOf(values.high), greatestOf(values.low));
  const keys = mostKeys(shape, prover);
  const advice = `compile for ${Math.floor((ACCUMULATOR_REACH - 1) / largest)} positions`;
  prover.below("an accumulator is below 2^31", keys * largest, ACCUMULATOR_REACH, advice);

  const slack = 1 + joinSlack(op.weights.length * op.qkv.length);
  const most = Float64Array.from({ length: shape.heads * shape.headDim }, (_, i) => {
    const head = Math.floor(i / shape.headDim);
    const value = values.most[valueHead(shape, head) * shape.headDim + (i % shape.headDim)]!;
    // Below the normal range s/z loses 2^-150, of up to 2^31 steps.
    return rounded(rounded(DOUBLING * value * slack)) + 2 ** -118;
  });
  prover.below("a float is finite", greatestOf(most), FLOAT_REACH, "make the weights before it smaller");
  return { most };
}

export function mostKeys({ window }: AttentionShape, prover: Prover): number {
  const { maxPositions } = prover.shape;
  return window === null ? maxPositions : Math.min(window, maxPositions);
}

export function sameShape(a: AttentionShape, b: AttentionShape): boolean {
  return a.heads === b.heads && a.kvHeads === b.kvHeads && a.headDim === b.headDim && a.window === b.window;
}
