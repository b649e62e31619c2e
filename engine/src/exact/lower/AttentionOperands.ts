/**
 * Operands of attention, laid out for products over keys of the past and of this run.
 *
 * Layouts, with K key heads of G query heads each, M = G · T rows of queries a key head (head-major), P keys of the past
 * and S = P + T keys in all, the past's first: what has an element a key is `[B, K, M, S]`; numbers of heads are
 * `[B, K, M, 1]`, sums and weight scales `[B, K, M]`; codes of weights `[B·K·M, S]`. Fed: `past_key.<layer>`
 * `[B, K, D, P]`, `past_value.<layer>` `[B, K, P, D]` (by digit `.high`, `.low` where there are two), their scales, and a
 * mask of the grid's constant where a key is visible and of a large negative number where not.
 */
import type { Value } from "../../onnx/graph.js";
import type { Dim } from "../../onnx/shape.js";
import type { AttentionShape, Digits, Op, ValueId } from "../program/Op.js";
import type { CodeRows } from "./codes/CodeForm.js";
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

export class AttentionOperands {
  /** By the first digit's value. */
  private readonly layers = new Map<ValueId, number>();

  constructor(
    private readonly lowering: Lowering,
    private readonly pastScales: (layer: number) => PastScales,
  ) {}

  /** Digits of queries, and keys of the past and of this run, each with their scales. */
  scores({ qkv, scale, shape }: OpOf<"scores">) {
    const layer = this.layerOf(qkv);
    return {
      queries: qkv.map((digit) => this.queries(digit, shape)),
      queryScale: this.queryScale(scale, shape),
      past: { keys: this.past(qkv, layer, "key", shape), scale: this.pastScales(layer).keys },
      now: { keys: qkv.map((digit) => this.keysNow(digit, shape)), scale: this.scalesNow(scale, shape, "keys") },
    };
  }

  /**
   * Scales of values of all keys, `[B, K, 1, S]`.
   * @param qkv codes whose scale it is
   */
  valueScales({ scale, shape }: OpOf<"weigh">, qkv: Digits): Value {
    const past = this.pastScales(this.layerOf(qkv)).values;
    return this.lowering.graph.concat([past, this.scalesNow(scale, shape, "values")], 3);
  }

  /** Weights and values by digit and part. */
  mix({ qkv, weights, shape }: OpOf<"mix">) {
    const past = this.past(qkv, this.layerOf(qkv), "value", shape);
    const now = qkv.map((digit) => this.valuesNow(digit, shape));
    return {
      weights: weights.map((digit) => this.weightParts(this.lowering.whole(digit), shape)),
      values: qkv.map((_, m) => [past[m]!, now[m]!]),
    };
  }

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

  /** Numbers of heads `[B, K, M]`, one for each element of a head. */
  perHead(x: Value, { kvHeads }: AttentionShape): Value {
    return this.lowering.reshape(x, [BATCH, kvHeads, QUERIES, 1]);
  }

  /** Mixed values `[B, K, M, D]` as rows `[R, H · D]`. */
  mixedRows(values: Value, { heads, kvHeads, headDim }: AttentionShape): Value {
    const { lowering } = this;
    const byHead = lowering.reshapeTo("mixed", values, [BATCH, kvHeads, heads / kvHeads, NOW, headDim]);
    const rows = lowering.graph.transpose(byHead, [0, 3, 1, 2, 4]);
    return lowering.reshape(rows, [ROWS, heads * headDim]);
  }

  mask({ shape, gridBits }: OpOf<"scores">): Value {
    return this.lowering.fed(maskName(shape.window, gridBits), [BATCH, 1, QUERIES, KEYS]);
  }

  /** Weights as rows for the quantiser, and their scales. */
  weightRows(op: { readonly x: ValueId; readonly scale: ValueId }): CodeRows {
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

  reduceKeys(op: "ReduceMax" | "ReduceSum", x: Value, keep: "keep" | "drop"): Value {
    const { graph } = this.lowering;
    const shape = keep === "keep" ? [...x.shape.slice(0, -1), 1] : x.shape.slice(0, -1);
    return graph.custom(op, [x, graph.integers([3])], x.type, shape, {
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
