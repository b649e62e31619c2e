import { BoundViolation } from "../../reference/arithmetic.js";
import type { Definitions, ReduceOp } from "../../reference/Definitions.js";
import { elementTypeOf, newRow, type Row } from "../../reference/Row.js";
import { REACH_LEAVES } from "../reduceStages.js";
import { perLeaf } from "../Stage.js";
import type { StageSource } from "./StageSource.js";

/** One result of elements `from` to `to` of a row. */
type Fold = (row: Row, from: number, to: number) => number;

/**
 * `partials` of a maximum or sum over long groups, where it has any.
 * @param reach of sums: below it they are exact
 */
export function reduceRows(
  op: ReduceOp,
  groups: number,
  source: StageSource,
  { sumReach }: Pick<Definitions, "sumReach">,
): Row[] {
  const stages: Row[] = [];
  let row = source.row(inputOf(op));
  let fold = FOLDS[op.kind];
  for (let size = row.length / groups; size > REACH_LEAVES * perLeaf(elementTypeOf(row)); ) {
    const reach = REACH_LEAVES * perLeaf(elementTypeOf(row));
    const count = Math.ceil(size / reach);
    const isMaximum = op.kind === "rowScale" || op.kind === "scoreMax";
    const partials = newRow(isMaximum ? elementTypeOf(row) : "i32", groups * count);
    for (let g = 0; g < groups; g++) {
      for (let i = 0; i < count; i++) {
        const from = g * size + i * reach;
        const partial = fold(row, from, Math.min(from + reach, (g + 1) * size));
        partials[g * count + i] = isMaximum ? partial : requireSum(partial, sumReach);
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
  if (row instanceof Int32Array && max > 2 ** 31 - 1) {
    throw new BoundViolation("a number is an integer below 2^31", max);
  }
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
  return sum;
}

function total(row: Row, from: number, to: number): number {
  let sum = 0;
  for (let i = from; i < to; i++) sum += row[i]!;
  return sum;
}

function finite(x: number): number {
  if (!Number.isFinite(x)) throw new BoundViolation("a float is finite", x);
  return x;
}

function requireSum(sum: number, reach: number): number {
  if (sum < 0 || sum >= reach) throw new BoundViolation(`a sum is an integer in [0, ${reach})`, sum);
  return sum;
}
