/**
 * A linear's output from lengths and magnitudes of its rows.
 *
 * With A = Σ_km a_km·128^-(k+m) = Σ_j v_j·W_j, |A|·r ≤ ‖W_n∘D‖·‖z‖ after a norm (`norm.ts`), |A|·s ≤ Σ_j |W_j|·|s·v_j| without
 * one. One pair of digits is rounded twice on its way into t. Of more, each is rounded twice and the sum at most thrice:
 * relative to Σ_km |a_km|·128^-(k+m), which is below 16·Σ|v_j|·|W_j|, because |high| + |low|/128 ≤ 4·|high + low/128| where
 * |low| ≤ 65, or both have one sign.
 */
import type { Op } from "../program/Op.js";
import type { Table } from "../program/Program.js";
import { type Effort, type Fact, greatestOf } from "./Fact.js";
import { normedDigits } from "./norm.js";
import type { Prover } from "./Prover.js";
import { type Quantiser, quantiserOf } from "./quantiser.js";
import { ACCUMULATOR_REACH, FLOAT_REACH, rounded, SUM_REACH } from "./rounding.js";
import { rowLengths, rowProducts } from "./rowLengths.js";
import { type RowSums, rowSums } from "./rowSums.js";
import { spectralNorm } from "./spectralNorm.js";

type Matrix = Extract<Table, { kind: "matrix" }>;

/** What t may be off by, relative to c·Σ|v_j|·|W_j|: 2 half units, or 16 times 5. */
export function joinSlack(pairs: number): number {
  return pairs === 1 ? 2 ** -22 : 2 ** -17;
}

/** What parts of t lose below the normal range, times r. */
const LOST = 2 ** -146;

export function linear(op: Op & { kind: "linear" }, prover: Prover): Fact {
  const matrix = prover.table(op.weights, "matrix");
  const pairs = op.q.length * (matrix.low === undefined ? 1 : 2);
  const normed = prover.kindOf(op.scale) === "normScale" ? normedDigits(op, prover) : undefined;
  const quantiser = normed?.quantiser ?? quantiserOf(op.q, op.scale, prover);
  showSums(op, matrix, quantiser, prover);

  const slack = 1 + joinSlack(pairs);
  const lost = LOST * prover.fact(op.scale).most[0]!;
  const bias = op.bias === undefined ? undefined : prover.table(op.bias, "floats").data;
  const rows = normed === undefined ? rowProducts(matrix, quantiser.most) : rowLengths(matrix, normed.channels);
  const reach = normed?.length ?? 1;
  const most = rows.map((row, n) => {
    const y = rounded(matrix.scales[n]! * row * reach * slack) + lost;
    return bias === undefined ? y : rounded(y + Math.abs(bias[n]!));
  });
  prover.below("a float is finite", greatestOf(most), FLOAT_REACH, `make "${op.weights}" smaller`);
  if (normed === undefined) return { most };

  // ‖diag(c)·W·D·z + b‖ ≤ σ·‖z‖ + ‖b‖, and roundings of rows as above.
  const lengths = new Map<string, number>();
  const length = (from: number, to: number, effort: Effort): number => {
    if (effort === "rough") return Number.POSITIVE_INFINITY;
    const known = lengths.get(`${from} ${to}`);
    if (known !== undefined) return known;
    let roundings = 0;
    let biases = 0;
    for (let n = from; n < to; n++) {
      roundings += ((slack - 1 + 2 ** -23) * matrix.scales[n]! * rows[n]!) ** 2;
      biases += (Math.abs(bias?.[n] ?? 0) + 2 ** -23 * most[n]! + lost) ** 2;
    }
    const norm = spectralNorm(scaledRows(matrix, normed.channels, from, to));
    const found = (norm + Math.sqrt(roundings)) * normed.length + Math.sqrt(biases);
    lengths.set(`${from} ${to}`, found);
    return found;
  };
  return { most, length };
}

/** Products of digits add up exactly, in an int32 accumulator, and 1,024 of them in binary32. */
function showSums(op: Op & { kind: "linear" }, matrix: Matrix, { high, low }: Quantiser, prover: Prover): void {
  prover.below("a row has fewer than 2^24 columns", matrix.columns, 2 ** 24, `make "${op.weights}" narrower`);
  const digits = op.q.length === 1 ? [high[0]!] : [high[0]!, low[0]!];
  const planes = planesOf(rowSums(matrix));
  const largest = Math.max(...digits) * Math.max(...planes.map(({ rows }) => greatestOf(rows)));
  const narrower = `make "${op.weights}" narrower`;
  prover.below("an accumulator is below 2^31", largest, ACCUMULATOR_REACH, narrower);
  const chunk = 127 * Math.max(...planes.map((plane) => plane.chunk));
  prover.below("1,024 products of digits add up below 2^24", chunk, SUM_REACH, narrower);
  let float = 0;
  for (const [k, digit] of digits.entries()) {
    for (const [m, { rows }] of planes.entries()) {
      let scaled = 0;
      for (let n = 0; n < rows.length; n++) scaled = Math.max(scaled, rows[n]! * matrix.scales[n]!);
      float += rounded(rounded(digit * scaled)) * 128 ** -(k + m);
    }
  }
  prover.below(
    "sums of products times their scale are finite",
    rounded(float),
    FLOAT_REACH,
    `make "${op.weights}" smaller`,
  );
}

function planesOf({ high, low }: RowSums) {
  return low === undefined ? [high] : [high, low];
}

function scaledRows(
  { high, low, columns, scales }: Matrix,
  channels: Float64Array | undefined,
  from: number,
  to: number,
) {
  return Array.from({ length: to - from }, (_, i) => {
    const row = new Float64Array(columns);
    const scale = scales[from + i]!;
    for (let k = 0, at = (from + i) * columns; k < columns; k++, at++) {
      const w = low === undefined ? high[at]! : high[at]! + low[at]! / 128;
      row[k] = w * scale * (channels === undefined ? 1 : channels[k]!);
    }
    return row;
  });
}
