import { BoundViolation } from "../../reference/arithmetic.js";
import { elementTypeOf, type Row } from "../../reference/Row.js";
import { REACH_LEAVES, type ReduceOp } from "../reduceStages.js";
import { perLeaf } from "../Stage.js";
import type { StageSource } from "./StageSource.js";

/** One result of elements `from` to `to` of a row. */
type Fold = (row: Row, from: number, to: number) => number;

/** `partials` of a maximum or sum over long groups, where it has any. */
export function reduceRows(op: ReduceOp, groups: number, source: StageSource): Row[] {
  const stages: Row[] = [];
  let row = source.row(inputOf(op));
  let fold = FOLDS[op.kind];
  for (let size = row.length / groups; size > REACH_LEAVES * perLeaf(elementTypeOf(row)); ) {
    const reach = REACH_LEAVES * perLeaf(elementTypeOf(row));
    const count = Math.ceil(size / reach);
    const isMaximum = op.kind === "rowScale" || op.kind === "scoreMax";
    const partials = isMaximum ? new Float32Array(groups * count) : new Int32Array(groups * count);
    for (let g = 0; g < groups; g++) {
      for (let i = 0; i < count; i++) {
        const from = g * size + i * reach;
        partials[g * count + i] = fold(row, from, Math.min(from + reach, (g + 1) * size));
      }
    }
    stages.push(partials);
    row = partials;
    size = count;
    if (!isMaximum) fold = total;
  }
  return stages;
}

function inputOf(op: ReduceOp): number {
  return op.kind === "sumSquares" ? op.q : op.kind === "scoreMax" ? op.scores : op.x;
}

const FOLDS: { readonly [K in ReduceOp["kind"]]: Fold } = {
  rowScale: greatestMagnitude,
  scoreMax: greatest,
  sumSquares: squares,
  sum: total,
};

// Math.max knows that −0 is below 0, as the reference does, and lets no NaN pass.

function greatestMagnitude(row: Row, from: number, to: number): number {
  let max = 0;
  for (let i = from; i < to; i++) max = Math.max(max, Math.abs(row[i]!));
  return finite(max);
}

function greatest(row: Row, from: number, to: number): number {
  let max = Number.NEGATIVE_INFINITY;
  let min = Number.POSITIVE_INFINITY;
  for (let i = from; i < to; i++) {
    max = Math.max(max, row[i]!);
    min = Math.min(min, row[i]!);
  }
  finite(min);
  return finite(max);
}

function squares(row: Row, from: number, to: number): number {
  let sum = 0;
  for (let i = from; i < to; i++) {
    const digit = row[i]!;
    if (digit === -128) throw new BoundViolation("a digit is an integer in ±127", digit);
    sum += digit * digit;
  }
  return exact(sum);
}

function total(row: Row, from: number, to: number): number {
  let sum = 0;
  for (let i = from; i < to; i++) sum += row[i]!;
  return exact(sum);
}

function finite(x: number): number {
  if (!Number.isFinite(x)) throw new BoundViolation("a float is finite", x);
  return x;
}

function exact(sum: number): number {
  if (sum < 0 || sum >= 2 ** 24) throw new BoundViolation("a sum is an integer in [0, 2^24)", sum);
  return sum;
}
