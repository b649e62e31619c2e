import type { Architecture } from "./architecture.js";

/** The seven linear maps of a layer, by their PEFT names without `_proj`. */
export const PROJECTIONS = ["q", "k", "v", "o", "gate", "up", "down"] as const;
export type Projection = (typeof PROJECTIONS)[number];

/**
 * Weights by name, fp32, row-major. Names are those of Llama for every family: an import of another family renames,
 * splits and transposes. Linear weights are `[out, in]`.
 */
export type Weights = ReadonlyMap<string, Float32Array>;

/** Embedding table, `[vocabulary, hidden]`. */
export const EMBEDDING = "model.embed_tokens.weight";
/** Table of learned positions, `[maxPositions, hidden]`. */
export const POSITIONS = "model.position_embedding.weight";
export const FINAL_NORM = "model.norm.weight";
export const HEAD = "lm_head.weight";

export function projectionName(layer: number, projection: Projection): string {
  const block = projection === "gate" || projection === "up" || projection === "down" ? "mlp" : "self_attn";
  return `model.layers.${layer}.${block}.${projection}_proj.weight`;
}

/** Bias of a projection, `[out]`. */
export function projectionBiasName(layer: number, projection: Projection): string {
  return biasOf(projectionName(layer, projection));
}

/** Norm of each query or key head, `[headDim]`. */
export function headNormName(layer: number, of: "q" | "k"): string {
  return `model.layers.${layer}.self_attn.${of}_norm.weight`;
}

/** The bias beside a weight: of a projection, or of a LayerNorm. */
export function biasOf(weight: string): string {
  return weight.replace(/\.weight$/, ".bias");
}

/** Whether a projection of this architecture exists; a plain MLP has no gate. */
export function hasProjection(a: Architecture, projection: Projection): boolean {
  return projection !== "gate" || a.mlp === "gated";
}

/** Whether a projection has a bias. */
export function hasBias(a: Architecture, projection: Projection): boolean {
  if (projection === "o") return a.biases.o;
  return projection === "q" || projection === "k" || projection === "v" ? a.biases.qkv : a.biases.mlp;
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
  const norm = (name: string): void => {
    shapes.set(name, [a.hidden]);
    if (a.norm === "layer") shapes.set(biasOf(name), [a.hidden]);
  };
  if (a.positions.kind === "learned") shapes.set(POSITIONS, [a.maxPositions, a.hidden]);
  for (let layer = 0; layer < a.layers; layer++) {
    norm(normName(layer, "attention"));
    norm(normName(layer, "feedForward"));
    for (const projection of PROJECTIONS) {
      if (!hasProjection(a, projection)) continue;
      const shape = projectionShape(a, projection);
      shapes.set(projectionName(layer, projection), shape);
      if (hasBias(a, projection)) shapes.set(projectionBiasName(layer, projection), [shape[0]]);
    }
    if (a.qkNorm) for (const of of ["q", "k"] as const) shapes.set(headNormName(layer, of), [a.headDim]);
  }
  norm(FINAL_NORM);
  if (a.head === "separate") shapes.set(HEAD, [a.vocabulary, a.hidden]);
  return shapes;
}

/** Name of a projection's LoRA factor as an input of a graph: `a` is `[r, in]`, `b` is `[out, r]`. */
export function loraName(layer: number, projection: Projection, factor: "a" | "b"): string {
  return `lora.${layer}.${projection}.${factor}`;
}
