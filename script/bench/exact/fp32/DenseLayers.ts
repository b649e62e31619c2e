import {
  EMBEDDING,
  FINAL_NORM,
  type GraphBuilder,
  HEAD,
  type Model,
  normName,
  projectionName,
  type Shape,
  type Value,
} from "@openledger/engine";
import { joined, transposed } from "./transposed.js";

/** Turns a layer's fused queries (1/√D inside), keys and values `[B, S, (H + 2K)·D]` into mixed values `[B, S, H·D]`. */
export type Attend = (layer: number, qkv: Value) => Value;

/**
 * The layers of a plain Llama in fp32, in the fused nodes that onnxruntime has for them: one product for queries, keys and
 * values, one for gate and up, sum and norm in one node. Every matrix is a constant, so that it is packed once.
 */
export class DenseLayers {
  constructor(
    readonly graph: GraphBuilder,
    private readonly model: Model,
  ) {}

  /** @param x embedded tokens `[B, S, hidden]` @param pick which rows the logits are wanted of @returns `[B, n, vocabulary]` */
  logits(x: Value, attend: Attend, pick: (rows: Value) => Value): Value {
    const { layers, headDim, head } = this.model.architecture;
    let sum = x;
    let branch: Value | undefined;
    for (let layer = 0; layer < layers; layer++) {
      const [q, k, v, o] = (["q", "k", "v", "o"] as const).map((part) => this.weight(projectionName(layer, part)));
      const outer = this.addNorm(sum, branch, normName(layer, "attention"));
      const scaled = q!.map((value) => value / Math.sqrt(headDim));
      const qkv = this.linear(outer.normed, `qkv.${layer}`, [scaled, k!, v!]);
      const inner = this.addNorm(
        outer.sum,
        this.linear(attend(layer, qkv), `o.${layer}`, [o!]),
        normName(layer, "feedForward"),
      );
      sum = inner.sum;
      branch = this.feedForward(layer, inner.normed);
    }
    const { normed } = this.addNorm(pick(sum), pick(branch!), FINAL_NORM);
    return this.linear(normed, "head", [this.weight(head === "tied" ? EMBEDDING : HEAD)]);
  }

  private feedForward(layer: number, x: Value): Value {
    const { graph } = this;
    const { feedForward: width } = this.model.architecture;
    const parts = (["gate", "up"] as const).map((part) => this.weight(projectionName(layer, part)));
    const both = this.linear(x, `gateUp.${layer}`, parts);
    const shape = [...x.shape.slice(0, -1), width];
    const half = { type: both.type, shape };
    const [gate, up] = graph.customMany("Split", [both, graph.integers([width, width])], [half, half], {
      attributes: { axis: -1 },
    });
    // x · sigmoid(alpha · x): SiLU in one node.
    const silu = graph.custom("QuickGelu", [gate!], both.type, shape, {
      domain: "com.microsoft",
      attributes: { alpha: { float: 1 } },
    });
    const hidden = graph.custom("Mul", [silu, up!], both.type, shape);
    return this.linear(hidden, `down.${layer}`, [this.weight(projectionName(layer, "down"))]);
  }

  /** The residual stream with a branch added, and its norm. */
  private addNorm(x: Value, branch: Value | undefined, norm: string): { readonly sum: Value; readonly normed: Value } {
    const { graph } = this;
    const { normEpsilon, hidden } = this.model.architecture;
    const weight = graph.constant(norm, this.weight(norm), [hidden]);
    if (branch === undefined) return { sum: x, normed: graph.rmsNorm(x, weight, normEpsilon) };
    const out = { type: x.type, shape: x.shape };
    const [normed, , , sum] = graph.customMany(
      "SkipSimplifiedLayerNormalization",
      [x, branch, weight],
      [out, out, out, out],
      { domain: "com.microsoft", attributes: { epsilon: { float: normEpsilon } } },
    );
    return { sum: sum!, normed: normed! };
  }

  /** x · Wᵀ for matrices `[out, in]` of the same width, one below the other. */
  private linear(x: Value, name: string, parts: readonly Float32Array[]): Value {
    const inner = x.shape.at(-1) as number;
    const matrix = transposed(joined(parts), inner);
    const out = matrix.length / inner;
    const shape: Shape = [...x.shape.slice(0, -1), out];
    return this.graph.custom("MatMul", [x, this.graph.constant(name, matrix, [inner, out])], x.type, shape);
  }

  private weight(name: string): Float32Array {
    const data = this.model.weights.get(name);
    if (data === undefined) throw new Error(`the fp32 graph needs weight ${name}, the model has none`);
    return data;
  }
}
