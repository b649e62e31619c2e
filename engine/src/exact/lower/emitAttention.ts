/**
 * Attention, from codes to mixed values, over keys of the past and of this run.
 *
 * Layouts, with K key heads of G query heads each, M = G · T rows of queries a key head (head-major), P keys of the past
 * and S = P + T keys in all, the past's first: what has an element a key is `[B, K, M, S]`; numbers of heads are
 * `[B, K, M, 1]`, sums and weight scales `[B, K, M]`; codes of weights `[B·K·M, S]`. Fed: `past_key.<layer>`
 * `[B, K, D, P]`, `past_value.<layer>` `[B, K, P, D]` (by digit `.high`, `.low` where there are two), their scales, and a
 * mask of the grid's constant where a key is visible and of a large negative number where not.
 */
import type { Value } from "../../onnx/graph.js";
import type { Dim } from "../../onnx/shape.js";
import { type AttentionShape, type Digits, type Op, SCALE_GUARD, type ValueId } from "../program/Op.js";
import type { CodeRows } from "./codes/CodeForm.js";
import { emitExponent } from "./emitGrid.js";
import { rangeOf } from "./emitQuantize.js";
import { type Lowering, ROWS } from "./Lowering.js";

type OpOf<K extends Op["kind"]> = Extract<Op, { kind: K }>;

const KEYS: Dim = `P+T`;
const PAST: Dim = "P";
const NOW: Dim = "T";
const BATCH: Dim = "B";
/** G · T rows of queries. */
const QUERIES: Dim = "M";
/** B · K · M rows of weights. */
const WEIGHT_ROWS: Dim = "B*K*M";

/** Past keys' and values' scales of a layer, each `[B, K, 1, P]`. */
export interface PastScales {
  readonly keys: Value;
  readonly values: Value;
}

export class AttentionEmitter {
  /** By the first digit's value. */
  private readonly layers = new Map<ValueId, number>();

  constructor(
    private readonly lowering: Lowering,
    private readonly pastScales: (layer: number) => PastScales,
  ) {}

  scores(id: ValueId, op: OpOf<"scores">): void {
    const { lowering } = this;
    const { graph, forms } = lowering;
    const { shape } = op;
    const layer = this.layerOf(op.qkv);
    const queries = op.qkv.map((digit) => this.queries(digit, shape));
    const now = op.qkv.map((digit) => this.keysNow(digit, shape));
    const [queryScale, keyScale] = [this.queryScale(op.scale, shape), this.scalesNow(op.scale, shape, "keys")];
    const past = this.past(op.qkv, layer, "key", shape);
    const scored = [
      forms.codes.scores(lowering, queries, past, this.pastScales(layer).keys),
      forms.codes.scores(lowering, queries, now, keyScale),
    ];
    const scaled = graph.mul(graph.concat(scored, 3), queryScale);
    lowering.setWhole(id, 0, graph.add(scaled, this.mask(op)));
  }

  scoreMax(id: ValueId, op: OpOf<"scoreMax">): void {
    this.lowering.setWhole(id, 0, this.reduceKeys("ReduceMax", this.lowering.whole(op.scores), "keep"));
  }

  exponent(id: ValueId, op: OpOf<"exponent">): void {
    const { lowering } = this;
    const [scores, max] = [lowering.whole(op.scores), lowering.whole(op.max)];
    lowering.setWhole(id, 0, emitExponent(lowering, scores, max, op, lowering.forms.grids));
  }

  sum(id: ValueId, op: OpOf<"sum">): void {
    this.lowering.setWhole(id, 0, this.reduceKeys("ReduceSum", this.lowering.whole(op.x), "drop"));
  }

  /** @param layer of the codes whose scale it is */
  weigh(id: ValueId, op: OpOf<"weigh">, qkv: Digits): void {
    const { lowering } = this;
    const { graph } = lowering;
    const past = this.pastScales(this.layerOf(qkv)).values;
    const scales = graph.concat([past, this.scalesNow(op.scale, op.shape, "values")], 3);
    lowering.setWhole(id, 0, graph.mul(lowering.whole(op.exponents), scales));
  }

  weightScale(id: ValueId, op: OpOf<"rowScale">): void {
    const { graph } = this.lowering;
    // No weight is negative.
    const max = this.reduceKeys("ReduceMax", this.lowering.whole(op.x), "drop");
    const guarded = graph.custom("Max", [max, graph.scalar(SCALE_GUARD)], "float32", max.shape);
    this.lowering.setWhole(id, 0, graph.div(guarded, graph.scalar(op.levels)));
  }

  quantizeUnsigned(id: ValueId, op: OpOf<"quantizeUnsigned">): void {
    const { lowering } = this;
    lowering.setWhole(id, 0, lowering.forms.codes.quantizeUnsigned(lowering, this.weightRows(op)));
  }

  quantizeWeights(id: ValueId, op: OpOf<"quantize">): void {
    const { lowering } = this;
    const range = rangeOf(lowering.program, op);
    lowering.setWhole(id, 0, lowering.forms.codes.quantize(lowering, this.weightRows(op), range));
  }

  quantizeWeightsRest(id: ValueId, op: OpOf<"quantizeRest">): void {
    const { lowering } = this;
    const high = lowering.whole(op.high);
    lowering.setWhole(id, 0, lowering.forms.codes.quantizeRest(lowering, this.weightRows(op), high));
  }

  mix(id: ValueId, op: OpOf<"mix">): void {
    const { lowering } = this;
    const { graph, forms } = lowering;
    const { shape } = op;
    const { heads, kvHeads, headDim } = shape;
    const groups = heads / kvHeads;
    const past = this.past(op.qkv, this.layerOf(op.qkv), "value", shape);
    const now = op.qkv.map((digit) => this.valuesNow(digit, shape));
    const weights = op.weights.map((digit) => this.weightParts(lowering.whole(digit), shape));
    const values = op.qkv.map((_, m) => [past[m]!, now[m]!]);
    const total = forms.codes.mix(lowering, weights, values);
    const factor = graph.div(lowering.whole(op.weightScale), lowering.whole(op.sum));
    const scaled = graph.mul(total, lowering.reshape(factor, [BATCH, kvHeads, QUERIES, 1]));
    const byHead = lowering.reshapeTo("mixed", scaled, [BATCH, kvHeads, groups, NOW, headDim]);
    const rows = graph.transpose(byHead, [0, 3, 1, 2, 4]);
    lowering.setWhole(id, heads * headDim, lowering.reshape(rows, [ROWS, heads * headDim]));
  }

  // Operands

  /** Layers are numbered as they come. */
  private layerOf(qkv: Digits): number {
    const known = this.layers.get(qkv[0]);
    if (known !== undefined) return known;
    this.layers.set(qkv[0], this.layers.size);
    return this.layers.size - 1;
  }

  /** `[R · H, D]` as `[B, K, M, D]`. */
  private queries(id: ValueId, { heads, kvHeads, headDim }: AttentionShape): Value {
    const { lowering } = this;
    const groups = heads / kvHeads;
    const codes = lowering.part(id, 0, heads * headDim);
    const apart = lowering.reshapeTo("queries", codes, [BATCH, NOW, kvHeads, groups, headDim]);
    const byHead = lowering.graph.transpose(apart, [0, 2, 3, 1, 4]);
    return lowering.reshapeTo("queryRows", byHead, [BATCH, kvHeads, QUERIES, headDim]);
  }

  /** `[R · H]` as `[B, K, M, 1]`. */
  private queryScale(id: ValueId, { heads, kvHeads }: AttentionShape): Value {
    const { lowering } = this;
    const apart = lowering.reshapeTo("queryScales", lowering.part(id, 0, heads), [
      BATCH,
      NOW,
      kvHeads,
      heads / kvHeads,
    ]);
    const byHead = lowering.graph.transpose(apart, [0, 2, 3, 1]);
    return lowering.reshapeTo("queryScaleRows", byHead, [BATCH, kvHeads, QUERIES, 1]);
  }

  /** `[R · K, D]` as `[B, K, D, T]`. */
  private keysNow(id: ValueId, { heads, kvHeads, headDim }: AttentionShape): Value {
    const { lowering } = this;
    const codes = lowering.part(id, heads * headDim, (heads + kvHeads) * headDim);
    const apart = lowering.reshapeTo("keys", codes, [BATCH, NOW, kvHeads, headDim]);
    return lowering.graph.transpose(apart, [0, 2, 3, 1]);
  }

  /** `[R · K, D]` as `[B, K, T, D]`. */
  private valuesNow(id: ValueId, { heads, kvHeads, headDim }: AttentionShape): Value {
    const { lowering } = this;
    const codes = lowering.part(id, (heads + kvHeads) * headDim, (heads + 2 * kvHeads) * headDim);
    const apart = lowering.reshapeTo("keys", codes, [BATCH, NOW, kvHeads, headDim]);
    return lowering.graph.transpose(apart, [0, 2, 1, 3]);
  }

  /** `[R · K]` as `[B, K, 1, T]`. */
  private scalesNow(id: ValueId, { heads, kvHeads }: AttentionShape, of: "keys" | "values"): Value {
    const { lowering } = this;
    const from = of === "keys" ? heads : heads + kvHeads;
    const apart = lowering.reshapeTo("keyScales", lowering.part(id, from, from + kvHeads), [BATCH, NOW, kvHeads, 1]);
    return lowering.graph.transpose(apart, [0, 2, 3, 1]);
  }

  private past(qkv: Digits, layer: number, of: "key" | "value", { kvHeads, headDim }: AttentionShape): Value[] {
    const { lowering } = this;
    const { graph, forms } = lowering;
    const dims: readonly Dim[] = of === "key" ? [headDim, PAST] : [PAST, headDim];
    return digitNames(qkv).map((digit) => {
      const name = `past_${of}.${layer}${digit}`;
      const fed = graph.input(name, forms.codes.cacheType, [BATCH, kvHeads, ...dims]);
      return forms.codes.cached(lowering, fed);
    });
  }

  private mask({ shape, gridBits }: OpOf<"scores">): Value {
    const name = maskName(shape.window, gridBits);
    return this.lowering.once(name, () => this.lowering.graph.input(name, "float", [BATCH, 1, QUERIES, KEYS]));
  }

  // Weights

  /** Weights as rows for the quantiser, and their scales. */
  private weightRows(op: { readonly x: ValueId; readonly scale: ValueId }): CodeRows {
    const { lowering } = this;
    const { heads } = lowering.program.shape;
    return {
      x: lowering.reshapeTo("weightRows", lowering.whole(op.x), [WEIGHT_ROWS, KEYS]),
      scale: lowering.reshape(lowering.whole(op.scale), [WEIGHT_ROWS]),
      groups: heads,
      side: "left",
    };
  }

  /** Weights' codes of the past and of this run. */
  private weightParts(codes: Value, { kvHeads }: AttentionShape): Value[] {
    const { lowering } = this;
    const { graph } = lowering;
    const all = lowering.reshapeTo("weights", codes, [BATCH, kvHeads, QUERIES, KEYS]);
    const sizes = lowering.once("key_parts", () => graph.input("key_parts", "int64", [2]));
    const part = (keys: Dim) => ({ type: all.type, shape: [BATCH, kvHeads, QUERIES, keys] });
    return graph.customMany("Split", [all, sizes], [part(PAST), part(NOW)], { attributes: { axis: 3 } });
  }

  private reduceKeys(op: "ReduceMax" | "ReduceSum", x: Value, keep: "keep" | "drop"): Value {
    const { graph } = this.lowering;
    const shape = keep === "keep" ? [...x.shape.slice(0, -1), 1] : x.shape.slice(0, -1);
    return graph.custom(op, [x, graph.integers([3])], "float32", shape, {
      attributes: { keepdims: keep === "keep" ? 1 : 0 },
    });
  }
}

/** Input of what is added to scores of this window on this grid. */
export function maskName(window: number | null, gridBits: number): string {
  return `mask.${window ?? "all"}.${gridBits}`;
}

/** Suffixes of a value's digits in names of inputs and outputs. */
export function digitNames(digits: Digits): readonly string[] {
  return digits.length === 1 ? [""] : [".high", ".low"];
}
