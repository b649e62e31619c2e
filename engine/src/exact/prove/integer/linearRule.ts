import { DIGIT_LEVELS, type IntegerOp, PAIR_LEVELS } from "../../program/IntegerOp.js";
import type { Table } from "../../program/Program.js";
import { type Fact, greatestOf } from "../Fact.js";
import type { Prover } from "../Prover.js";
import { rowLengths, rowProducts } from "../rowLengths.js";
import { rowSums } from "../rowSums.js";
import { normedSteps } from "./norm.js";
import { NUMBER_REACH, numbers, shiftedMost, showExact, upper } from "./reach.js";
import { stepsOf } from "./steps.js";

type Matrix = Extract<Table, { kind: "matrix" }>;

/** Bounds `[outputs]` of what a linear adds up, before its shifts. */
export interface LinearReach {
  /** |A_n| */
  readonly sums: Float64Array;
  /** |A_n| · r */
  readonly products: Float64Array;
  /** r */
  readonly scale: number;
}

/** What linears of these digits and this matrix may add up to. */
export function linearReach(op: Pick<IntegerOp<"linear">, "q" | "scale">, matrix: Matrix, prover: Prover): LinearReach {
  // A is Σ X·W over 2^14 of one pair of digits, over 2^7 of more; rows of weights are taken over 2^7.
  const pairs = op.q.length * (matrix.low === undefined ? 1 : 2);
  const part = pairs === 1 ? 2 ** -7 : 1;
  const rounding = pairs === 1 ? 0 : 0.5;
  const scale = greatestOf(prover.fact(op.scale).most);
  const ends = new Float64Array(matrix.columns).fill(PAIR_LEVELS);
  const sums = rowProducts(matrix, ends).map((sum) => upper(sum * part + rounding));
  const most = productsOf(op, matrix, prover).map((product) => upper(product * part + rounding * scale));
  return { sums, products: most.map((product, n) => Math.min(product, sums[n]! * scale)), scale };
}

/** Σ_j |X_j|·r·|W_nj| at most. */
function productsOf(op: Pick<IntegerOp<"linear">, "q" | "scale">, matrix: Matrix, prover: Prover): Float64Array {
  if (prover.kindOf(op.scale) !== "normScale") return rowProducts(matrix, stepsOf(op.q, op.scale, prover).products);
  const { channels, length, each } = normedSteps(op as IntegerOp<"linear">, prover);
  const lengths = rowLengths(matrix, channels?.factors);
  if (each === 0) return lengths.map((row) => row * length);
  const rows = rowProducts(matrix, new Float64Array(matrix.columns).fill(each));
  return lengths.map((row, n) => row * length + rows[n]!);
}

export function linear(op: IntegerOp<"linear">, prover: Prover): Fact {
  const matrix = prover.table(op.weights, "matrix");
  showAccumulators(op, matrix, prover);
  const { sums, products, scale } = linearReach(op, matrix, prover);
  const scaled = sums.map((sum, n) => sum * matrix.scales[n]!);
  showExact("a sum times its multiplier", scaled, prover);
  const rounding = op.shift > 0 ? 0.5 : 0;
  const outputs = products.map((product, n) => {
    const moved = product * matrix.scales[n]! * 2 ** -op.shift;
    return Math.min(moved + rounding * scale, shiftedMost(scaled[n]!, op.shift) * scale);
  });
  showExact("a sum times its scale", outputs, prover);
  const bias = op.bias === undefined ? undefined : prover.table(op.bias, "floats").data;
  return numbers(
    outputs.map((output, n) => shiftedMost(output, op.scaleShift) + Math.abs(bias?.[n] ?? 0)),
    prover,
  );
}

/** Products of digits add up exactly, in an int32 accumulator, and 1,024 of them in binary32; joined they are below 2^46. */
function showAccumulators(op: IntegerOp<"linear">, matrix: Matrix, prover: Prover): void {
  const narrower = `make "${op.weights}" narrower`;
  prover.below("a row has fewer than 2^24 columns", matrix.columns, 2 ** 24, narrower);
  const { high, low } = rowSums(matrix);
  const largest = DIGIT_LEVELS * Math.max(greatestOf(high.rows), greatestOf(low?.rows ?? []));
  prover.below("an accumulator is below 2^31", largest, NUMBER_REACH, narrower);
}
