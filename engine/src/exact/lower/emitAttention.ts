/**
 * Attention, from codes to mixed values, over keys of the past and of this run.
 *
 * Two forms of run. `pass`: the R rows are one sequence; a key head serves G · R rows of queries, M = G · R. `step`: the
 * rows are B sequences of one position each, M = G. Tensors are `[lead…, M, keys]` with lead = [K] or [B, K]; past keys
 * come first. Past codes are fed as int8, keys transposed: `past_key.i` `[lead…, D, P]`, `past_value.i` `[lead…, P, D]`.
 */
import type { Value } from "../../onnx/graph.js";
import type { Dim } from "../../onnx/shape.js";
import type { AttentionShape, Digits, Op, ValueId } from "../program/Op.js";
import { emitExponent, type GridForm } from "./emitGrid.js";
import { type Lowering, ROWS, type RunForm, rowsOf } from "./Lowering.js";

type OpOf<K extends Op["kind"]> = Extract<Op, { kind: K }>;

export interface AttentionRun {
  readonly form: RunForm;
  readonly past: "none" | "fed";
  readonly grids: GridForm;
  /** Scales of past keys and values of a layer, each `[lead…, 1, P]`. */
  pastScales(layer: number): { readonly keys: Value; readonly values: Value };
  /** Added to scores: the grid's constant where a key is visible, a large negative number where not. */
  mask(window: number | null): Value;
}

/** A layer's codes and scales as attention takes them; part 0 is the past if there is one. */
interface Operands {
  /** u8 `[lead…, M, D]` by digit. */
  readonly queries: readonly Value[];
  readonly queryScale: Value;
  readonly parts: readonly KeyPart[];
}

interface KeyPart {
  /** `[lead…, D, keys]` and `[lead…, keys, D]` by digit, int8, or uint8 around 128. */
  readonly keys: readonly Value[];
  readonly values: readonly Value[];
  readonly keyScale: Value;
  readonly valueScale: Value;
}

export class AttentionEmitter {
  private readonly operands = new Map<ValueId, Operands>();

  constructor(
    private readonly lowering: Lowering,
    private readonly run: AttentionRun,
  ) {}

  scores(id: ValueId, op: OpOf<"scores">, layer: number): void {
    const { lowering, run } = this;
    const { graph } = lowering;
    const { heads, kvHeads } = op.shape;
    const { queries, queryScale, parts } = this.prepare(op, layer);
    const scored = parts.map(({ keys, keyScale }) => {
      const products = queries.flatMap((query, k) =>
        keys.map((key, m) => scaledPower(lowering, this.product(query, key, keyScale), digitPower(k, m))),
      );
      return products.reduce((sum, product) => graph.add(sum, product));
    });
    const joined = scored.length === 1 ? scored[0]! : graph.concat(scored, -1);
    const scaled = graph.mul(joined, queryScale);
    const rows =
      run.form === "step"
        ? scaled
        : this.reshapeTo("shape.scores", 4, scaled, [kvHeads, heads / kvHeads, ROWS, scaled.shape.at(-1)!]);
    lowering.setWhole(id, 0, graph.add(rows, run.mask(op.shape.window)));
  }

  scoreMax(id: ValueId, op: OpOf<"scoreMax">): void {
    this.lowering.setWhole(id, 0, this.reduceLast("ReduceMax", this.lowering.whole(op.scores), "keep"));
  }

  exponent(id: ValueId, op: OpOf<"exponent">): void {
    const { lowering } = this;
    const [scores, max] = [lowering.whole(op.scores), lowering.whole(op.max)];
    lowering.setWhole(id, 0, emitExponent(lowering, scores, max, op, this.run.grids));
  }

  sum(id: ValueId, op: OpOf<"sum">): void {
    this.lowering.setWhole(id, 0, this.reduceLast("ReduceSum", this.lowering.whole(op.x), "drop"));
  }

  weigh(id: ValueId, op: OpOf<"weigh">): void {
    const { graph } = this.lowering;
    const { parts } = this.operandsOf(op.scale);
    const scales = parts.map(({ valueScale }) => valueScale);
    const joined = scales.length === 1 ? scales[0]! : graph.concat(scales, -1);
    const exponents = this.lowering.whole(op.exponents);
    // A pass has one more axis in its exponents: G and R apart.
    const fit =
      this.run.form === "step"
        ? joined
        : this.reshapeTo("shape.valueScales", 4, joined, [op.shape.kvHeads, 1, 1, joined.shape.at(-1)!]);
    this.lowering.setWhole(id, 0, graph.mul(exponents, fit));
  }

  weightScale(id: ValueId, op: OpOf<"rowScale">): void {
    const { graph } = this.lowering;
    // No weight is negative, and that of the largest score is above the guard: its exponential is over 500, its value's
    // scale at least 2^-100 / 127.
    const max = this.reduceLast("ReduceMax", this.lowering.whole(op.x), "drop");
    this.lowering.setWhole(id, 0, graph.div(max, graph.scalar(op.levels)));
  }

  quantizeUnsigned(id: ValueId, op: OpOf<"quantizeUnsigned">, heads: number): void {
    const [rows, scale] = this.weightRows(op.x, op.scale, heads);
    this.lowering.setWhole(
      id,
      0,
      this.lowering.graph.custom("QuantizeLinear", [rows, scale], "uint8", rows.shape, { attributes: { axis: 0 } }),
    );
  }

  quantizeWeights(id: ValueId, op: OpOf<"quantize">, heads: number): void {
    const [rows, scale] = this.weightRows(op.x, op.scale, heads);
    this.lowering.setWhole(id, 0, this.signedCodes(rows, scale, heads));
  }

  quantizeWeightsRest(id: ValueId, op: OpOf<"quantizeRest">, heads: number): void {
    const { graph } = this.lowering;
    const [rows, scale] = this.weightRows(op.x, op.scale, heads);
    const zero = this.lowering.zeroPoints(heads);
    const known = graph.custom("DequantizeLinear", [this.lowering.whole(op.high), scale, zero], "float32", rows.shape, {
      attributes: { axis: 0 },
    });
    const step = graph.mul(scale, graph.scalar(1 / 128));
    this.lowering.setWhole(id, 0, this.signedCodes(graph.sub(rows, known), step, heads));
  }

  mix(id: ValueId, op: OpOf<"mix">): void {
    const { lowering, run } = this;
    const { graph } = lowering;
    const { heads, kvHeads, headDim } = op.shape;
    const { parts } = this.operandsOf(op.qkv);
    const signed = op.weights.length === 2;
    const weights = op.weights.map((digit) => this.weightTensor(lowering.whole(digit), op.shape));
    const values = parts[0]!.values;
    const products = weights.flatMap((weight, k) =>
      values.map((_, m) => {
        const sums = this.splitByPart(weight, parts.length).map((of, i) =>
          this.integers(of, parts[i]!.values[m]!, signed),
        );
        const sum = sums.reduce((total, one) => graph.custom("Add", [total, one], "int32", one.shape));
        // TensorProto.DataType 1 is float32; the cast rounds half to even.
        const float = graph.custom("Cast", [sum], "float32", sum.shape, { attributes: { to: 1 } });
        return scaledPower(lowering, float, digitPower(k, m));
      }),
    );
    const total = products.reduce((sum, product) => graph.add(sum, product));
    const factor = graph.div(lowering.whole(op.weightScale), lowering.whole(op.sum));
    const width = heads * headDim;
    if (run.form === "step") {
      const scaled = graph.mul(total, lowering.reshape(factor, [ROWS, kvHeads, heads / kvHeads, 1]));
      lowering.setWhole(id, width, lowering.reshape(scaled, [ROWS, width]));
      return;
    }
    const apart = lowering.reshape(total, [heads, ROWS, headDim]);
    const scaled = graph.mul(apart, lowering.reshape(factor, [heads, ROWS, 1]));
    lowering.setWhole(id, width, lowering.reshape(graph.transpose(scaled, [1, 0, 2]), [ROWS, width]));
  }

  // Operands

  private prepare(op: OpOf<"scores">, layer: number): Operands {
    const fresh = this.run.form === "step" ? this.stepOperands(op) : this.passOperands(op);
    const parts = this.run.past === "fed" ? [this.pastPart(op, layer), ...fresh.parts] : fresh.parts;
    const operands = { ...fresh, parts };
    this.operands.set(op.qkv[0], operands);
    this.operands.set(op.scale, operands);
    return operands;
  }

  private operandsOf(of: Digits | ValueId): Operands {
    const operands = this.operands.get(typeof of === "number" ? of : of[0]);
    if (operands === undefined) throw new Error("attention reads codes that no scores were made of");
    return operands;
  }

  private pastPart({ shape, qkv }: OpOf<"scores">, layer: number): KeyPart {
    const { graph } = this.lowering;
    const { kvHeads, headDim } = shape;
    const lead: readonly Dim[] = this.run.form === "step" ? [ROWS, kvHeads] : [kvHeads];
    const { keys, values } = this.run.pastScales(layer);
    const feed = (name: string, dims: readonly Dim[]): Value[] =>
      digitNames(qkv).map((digit) => graph.input(`${name}.${layer}${digit}`, "int8", [...lead, ...dims]));
    return {
      keys: feed("past_key", [headDim, "P"]),
      values: feed("past_value", ["P", headDim]),
      keyScale: keys,
      valueScale: values,
    };
  }

  private passOperands({ shape, qkv, scale }: OpOf<"scores">): Operands {
    const { lowering } = this;
    const { graph } = lowering;
    const { heads, kvHeads, headDim } = shape;
    const [queryScale, keyScale, valueScale] = this.groups(scale, shape, [1, 1, 1]);
    const codes = qkv.map((digit) => this.groups(digit, shape, [headDim, headDim, headDim]));
    const perHead = (value: Value, count: number): Value =>
      graph.transpose(lowering.reshape(value, [ROWS, count]), [1, 0]);
    return {
      queries: codes.map(([query]) => {
        const byHead = graph.transpose(lowering.reshape(query!, [ROWS, heads, headDim]), [1, 0, 2]);
        return lowering.reshape(byHead, [kvHeads, "M", headDim]);
      }),
      queryScale: lowering.reshape(perHead(queryScale!, heads), [kvHeads, "M", 1]),
      parts: [
        {
          keys: codes.map(([, key]) => graph.transpose(lowering.reshape(key!, [ROWS, kvHeads, headDim]), [1, 2, 0])),
          values: codes.map(([, , value]) =>
            graph.transpose(lowering.reshape(value!, [ROWS, kvHeads, headDim]), [1, 0, 2]),
          ),
          keyScale: lowering.reshape(perHead(keyScale!, kvHeads), [kvHeads, 1, ROWS]),
          valueScale: lowering.reshape(perHead(valueScale!, kvHeads), [kvHeads, 1, ROWS]),
        },
      ],
    };
  }

  private stepOperands({ shape, qkv, scale }: OpOf<"scores">): Operands {
    const { lowering } = this;
    const { heads, kvHeads, headDim } = shape;
    const [queryScale, keyScale, valueScale] = this.groups(scale, shape, [1, 1, 1]);
    const codes = qkv.map((digit) => this.groups(digit, shape, [headDim, headDim, headDim]));
    return {
      queries: codes.map(([query]) => lowering.reshape(query!, [ROWS, kvHeads, heads / kvHeads, headDim])),
      queryScale: lowering.reshape(queryScale!, [ROWS, kvHeads, heads / kvHeads, 1]),
      parts: [
        {
          keys: codes.map(([, key]) => lowering.reshape(key!, [ROWS, kvHeads, headDim, 1])),
          values: codes.map(([, , value]) => lowering.reshape(value!, [ROWS, kvHeads, 1, headDim])),
          keyScale: lowering.reshape(keyScale!, [ROWS, kvHeads, 1, 1]),
          valueScale: lowering.reshape(valueScale!, [ROWS, kvHeads, 1, 1]),
        },
      ],
    };
  }

  /** Queries', keys' and values' part of a value of all heads. */
  private groups(id: ValueId, { heads, kvHeads }: AttentionShape, widths: readonly number[]): Value[] {
    const { lowering } = this;
    const { graph } = lowering;
    const segments = lowering.segments(id);
    if (segments.length === 3) return segments.map(({ value }) => value);
    const counts = [heads, kvHeads, kvHeads];
    const joined = segments.length === 1 ? segments[0]!.value : undefined;
    if (joined === undefined) throw new Error("attention needs its row in one tensor or in three");
    const all = heads + 2 * kvHeads;
    const rows = lowering.reshape(joined, [ROWS, all * widths[0]!]);
    const sizes = counts.map((count, i) => count * widths[i]!);
    return graph.customMany(
      "Split",
      [rows, graph.integers(sizes)],
      sizes.map((size) => ({ type: rows.type, shape: [ROWS, size] })),
      { attributes: { axis: 1 } },
    );
  }

  // Products

  /** fl(fl(a) · c), c by key. */
  private product(query: Value, key: Value, scale: Value): Value {
    const { lowering } = this;
    const zero = lowering.zeroPoint();
    const inputs = [query, key, lowering.one(), scale, zero, ...(key.type === "uint8" ? [zero] : [])];
    const shape = [...query.shape.slice(0, -1), key.shape.at(-1)!];
    return lowering.graph.custom("MatMulIntegerToFloat", inputs, "float32", shape, { domain: "com.microsoft" });
  }

  private integers(weights: Value, values: Value, signed: boolean): Value {
    const { lowering } = this;
    const none = lowering.once("zero_unsigned", () => lowering.graph.constant("zero_unsigned", Uint8Array.of(0), []));
    const zeroA = signed ? lowering.zeroPoint() : none;
    const inputs = [weights, values, zeroA, ...(values.type === "uint8" ? [lowering.zeroPoint()] : [])];
    const shape = [...weights.shape.slice(0, -1), values.shape.at(-1)!];
    return lowering.graph.custom("MatMulInteger", inputs, "int32", shape);
  }

  private splitByPart(weights: Value, parts: number): Value[] {
    if (parts === 1) return [weights];
    const { lowering } = this;
    const { graph } = lowering;
    const past = lowering.once("past_length", () => graph.input("past_length", "int64", [1]));
    const axis = graph.integers([weights.shape.length - 1]);
    const cut = (from: Value, to: Value, extent: Dim): Value =>
      graph.custom("Slice", [weights, from, to, axis], weights.type, [...weights.shape.slice(0, -1), extent]);
    const self = this.run.form === "step" ? 1 : ROWS;
    return [cut(graph.integers([0]), past, "P"), cut(past, graph.integers([2 ** 31]), self)];
  }

  // Layout

  /** Weights `[…, keys]` as rows for the quantiser, and their scales `[rows]`. */
  private weightRows(x: ValueId, scale: ValueId, heads: number): [Value, Value] {
    const { lowering } = this;
    const weights = lowering.whole(x);
    const rows = this.reshapeTo("shape.rows", 2, weights, [rowsOf(heads), weights.shape.at(-1)!]);
    return [rows, lowering.reshape(lowering.whole(scale), [rowsOf(heads)])];
  }

  private signedCodes(rows: Value, scale: Value, heads: number): Value {
    const inputs = [rows, scale, this.lowering.zeroPoints(heads)];
    return this.lowering.graph.custom("QuantizeLinear", inputs, "uint8", rows.shape, { attributes: { axis: 0 } });
  }

  private weightTensor(rows: Value, { heads, kvHeads }: AttentionShape): Value {
    const keys = rows.shape[1]!;
    const shape = this.run.form === "step" ? [ROWS, kvHeads, heads / kvHeads, keys] : [kvHeads, "M", keys];
    return this.reshapeTo("shape.weights", shape.length, rows, shape);
  }

  /** A reshape whose target has two free extents: it is fed. */
  private reshapeTo(name: string, rank: number, x: Value, shape: readonly Dim[]): Value {
    const { lowering } = this;
    const target = lowering.once(name, () => lowering.graph.input(name, "int64", [rank]));
    return lowering.graph.custom("Reshape", [x, target], x.type, shape);
  }

  private reduceLast(op: "ReduceMax" | "ReduceSum", x: Value, keep: "keep" | "drop"): Value {
    const { graph } = this.lowering;
    const shape = keep === "keep" ? [...x.shape.slice(0, -1), 1] : x.shape.slice(0, -1);
    return graph.custom(op, [x, graph.integers([x.shape.length - 1])], "float32", shape, {
      attributes: { keepdims: keep === "keep" ? 1 : 0 },
    });
  }
}

/** Suffixes of a value's digits in names of inputs and outputs. */
export function digitNames(digits: Digits): readonly string[] {
  return digits.length === 1 ? [""] : [".high", ".low"];
}

/** What the product of digit k of one operand and digit m of the other counts. */
function digitPower(k: number, m: number): number {
  return 128 ** -(k + m);
}

function scaledPower(lowering: Lowering, product: Value, power: number): Value {
  return power === 1 ? product : lowering.graph.mul(product, lowering.graph.scalar(power));
}
