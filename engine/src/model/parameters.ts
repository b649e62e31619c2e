import type { Architecture } from "./architecture.js";

/** The seven linear maps of a layer, by their PEFT names without `_proj`. */
export const PROJECTIONS = ["q", "k", "v", "o", "gate", "up", "down"] as const;
export type Projection = (typeof PROJECTIONS)[number];

/** Weights by their Hugging Face names, fp32, row-major. Linear weights are `[out, in]`. */
export type Weights = ReadonlyMap<string, Float32Array>;

export const EMBEDDING = "model.embed_tokens.weight";
export const FINAL_NORM = "model.norm.weight";
export const HEAD = "lm_head.weight";

export function projectionName(layer: number, projection: Projection): string {
  const block = projection === "gate" || projection === "up" || projection === "down" ? "mlp" : "self_attn";
  return `model.layers.${layer}.${block}.${projection}_proj.weight`;
}

export function normName(layer: number, norm: "attention" | "feedForward"): string {
  return `model.layers.${layer}.${norm === "attention" ? "input_layernorm" : "post_attention_layernorm"}.weight`;
}

/** `[out, in]` of a projection. */
export function projectionShape(a: Architecture, projection: Projection): readonly [number, number] {
  switch (projection) {
    case "q":
      return [a.heads * a.headDim, a.hidden];
    case "k":
    case "v":
      return [a.kvHeads * a.headDim, a.hidden];
    case "o":
      return [a.hidden, a.heads * a.headDim];
    case "gate":
    case "up":
      return [a.feedForward, a.hidden];
    case "down":
      return [a.hidden, a.feedForward];
  }
}

/** Every parameter of a decoder with its shape, in a fixed order. */
export function parameterShapes(a: Architecture): Map<string, readonly number[]> {
  const shapes = new Map<string, readonly number[]>([[EMBEDDING, [a.vocabulary, a.hidden]]]);
  for (let layer = 0; layer < a.layers; layer++) {
    shapes.set(normName(layer, "attention"), [a.hidden]);
    shapes.set(normName(layer, "feedForward"), [a.hidden]);
    for (const projection of PROJECTIONS) shapes.set(projectionName(layer, projection), projectionShape(a, projection));
  }
  shapes.set(FINAL_NORM, [a.hidden]);
  if (a.head === "separate") shapes.set(HEAD, [a.vocabulary, a.hidden]);
  return shapes;
}

/** Name of a projection's LoRA factor as an input of a graph: `a` is `[r, in]`, `b` is `[out, r]`. */
export function loraName(layer: number, projection: Projection, factor: "a" | "b"): string {
  return `lora.${layer}.${projection}.${factor}`;
}
