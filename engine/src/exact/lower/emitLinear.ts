import type { Value } from "../../onnx/graph.js";
import type { Op, TableName } from "../program/Op.js";
import type { Lowering, Segment } from "./Lowering.js";
import { ROWS } from "./Lowering.js";

type Linear = Extract<Op, { kind: "linear" }>;

/**
 * A linear by u8×s8 products into int32, the columns' scales in the same pass. Two digits of activations are laid one
 * below the other, so that the weights are read once for both.
 *
 * @param cuts ends of the segments in which the result is wanted
 */
export function emitLinear(lowering: Lowering, op: Linear, cuts: readonly number[]): readonly Segment[] {
  const { graph } = lowering;
  const scale = lowering.reshape(lowering.whole(op.scale), [ROWS, 1]);
  const digits = op.q.map((digit) => lowering.whole(digit));
  const stacked = digits.length === 1 ? digits[0]! : graph.concat(digits, 0);
  return segmentsOf(cuts).map(({ from, to }) => {
    const products = weightDigits(lowering, op.weights, from, to).map((weights) => {
      const product = product8(lowering, stacked, weights);
      return digits.length === 1 ? [product] : halves(lowering, product, to - from);
    });
    const sum = addProducts(lowering, products);
    const y = graph.mul(sum, scale);
    const bias = op.bias === undefined ? undefined : biasOf(lowering, op.bias, from, to);
    return { from, to, value: bias === undefined ? y : graph.add(y, bias) };
  });
}

/** fl(fl(a) · c) for every row and column, a = Σ (codes − 128) · weights. */
function product8(lowering: Lowering, codes: Value, { digits, scales }: WeightDigit): Value {
  const inputs = [codes, digits, lowering.one(), scales, lowering.zeroPoint()];
  const shape = [codes.shape[0]!, digits.shape[1]!];
  return lowering.graph.custom("MatMulIntegerToFloat", inputs, "float32", shape, { domain: "com.microsoft" });
}

interface WeightDigit {
  /** int8 `[K, N]` */
  readonly digits: Value;
  /** f32 `[N]`, the column's scale, divided by 128 for a low digit: exact. */
  readonly scales: Value;
}

function weightDigits(lowering: Lowering, name: TableName, from: number, to: number): WeightDigit[] {
  const table = lowering.matrix(name);
  const suffix = from === 0 && to === table.rows ? "" : `.${from}`;
  const { columns } = table;
  const { graph } = lowering;
  if (lowering.isFed(name)) {
    if (suffix !== "") throw new Error(`fed table ${name} cannot be cut`);
    return (table.low === undefined ? ["high"] : ["high", "low"]).map((digit) => ({
      digits: lowering.once(`${name}.${digit}`, () =>
        graph.input(`${name}.${digit}`, "int8", [table.columns, table.rows]),
      ),
      scales: lowering.once(`${name}.scales.${digit}`, () =>
        graph.input(`${name}.scales.${digit}`, "float", [table.rows]),
      ),
    }));
  }
  const scales = table.scales.subarray(from, to);
  const digit = (data: Int8Array, digitName: string, factor: number): WeightDigit => ({
    digits: lowering.once(`${name}.${digitName}${suffix}`, () =>
      graph.constant(
        `${name}.${digitName}${suffix}`,
        transposed(data.subarray(from * columns, to * columns), to - from, columns),
        [columns, to - from],
      ),
    ),
    scales: lowering.once(`${name}.scales.${digitName}${suffix}`, () =>
      graph.constant(
        `${name}.scales.${digitName}${suffix}`,
        scales.map((s) => s * factor),
        [to - from],
      ),
    ),
  });
  if (table.low === undefined) return [digit(table.high, "high", 1)];
  return [digit(table.high, "high", 1), digit(table.low, "low", 1 / 128)];
}

/** The products of two stacked digits, the low ones divided by 128. */
function halves(lowering: Lowering, product: Value, width: number): Value[] {
  const { graph } = lowering;
  const shape = [ROWS, width];
  const half = { type: "float32" as const, shape };
  const [high, low] = graph.customMany("Split", [product], [half, half], { attributes: { axis: 0, num_outputs: 2 } });
  return [high!, graph.mul(low!, graph.scalar(1 / 128))];
}

/** Sums in the order (0,0), (0,1), (1,0), (1,1): activations' digit slower. `products[m][k]` is of weights' digit m. */
function addProducts(lowering: Lowering, products: readonly (readonly Value[])[]): Value {
  const ordered = products[0]!.flatMap((_, k) => products.map((ofDigit) => ofDigit[k]!));
  return ordered.reduce((sum, product) => lowering.graph.add(sum, product));
}

function biasOf(lowering: Lowering, name: TableName, from: number, to: number): Value {
  const { data } = lowering.floats(name);
  if (lowering.isFed(name)) return lowering.once(name, () => lowering.graph.input(name, "float", [data.length]));
  return lowering.graph.constant(`${name}.${from}`, data.slice(from, to), [to - from]);
}

function segmentsOf(cuts: readonly number[]): { readonly from: number; readonly to: number }[] {
  return cuts.map((to, i) => ({ from: cuts[i - 1] ?? 0, to }));
}

/** `[rows, columns]` as `[columns, rows]`, in tiles that stay in the cache. */
export function transposed(data: Int8Array, rows: number, columns: number): Int8Array {
  const out = new Int8Array(data.length);
  const tile = 64;
  for (let r0 = 0; r0 < rows; r0 += tile) {
    const r1 = Math.min(rows, r0 + tile);
    for (let c0 = 0; c0 < columns; c0 += tile) {
      const c1 = Math.min(columns, c0 + tile);
      for (let r = r0; r < r1; r++) for (let c = c0; c < c1; c++) out[c * rows + r] = data[r * columns + c]!;
    }
  }
  return out;
}
