import type { Architecture } from "./architecture.js";
import {
  biasOf,
  EMBEDDING,
  FINAL_NORM,
  HEAD,
  normName,
  POSITIONS,
  parameterShapes,
  projectionBiasName,
  projectionName,
} from "./parameters.js";

/** A tensor as a family's files store it, and the parameters of the project that it holds. */
export interface StoredTensor {
  readonly name: string;
  readonly shape: readonly number[];
  /** `transposed`: stored as `[in, out]`, as GPT-2 does with the weights of its linear maps. */
  readonly layout: "plain" | "transposed";
  /** Parameters whose rows, one below the other, are the rows of the tensor (of its transpose). */
  readonly parameters: readonly string[];
}

/** What stands before the names of all tensors but the output projection, unless only the body was saved. */
export const BODY_PREFIX: Readonly<Record<Architecture["family"], string>> = {
  llama: "model.",
  mistral: "model.",
  qwen2: "model.",
  qwen3: "model.",
  gpt2: "transformer.",
};

/** The tensors of a family's files, in a fixed order; names of the body begin with `prefix`. */
export function storedTensors(a: Architecture, prefix: string): StoredTensor[] {
  const shapes = parameterShapes(a);
  const plain = (name: string, parameter: string): StoredTensor => ({
    name,
    shape: shapes.get(parameter)!,
    layout: "plain",
    parameters: [parameter],
  });
  const body =
    a.family === "gpt2"
      ? gpt2Body(a, prefix, plain, shapes)
      : [...shapes.keys()].filter((name) => name !== HEAD).map((name) => plain(name.replace(/^model\./, prefix), name));
  return a.head === "separate" ? [...body, plain(HEAD, HEAD)] : body;
}

/**
 * Whether a tensor that the model has no place for may be in its files: causal masks of GPT-2 and rotary frequencies,
 * which older exports stored and which follow from the configuration.
 */
export function isRedundant(a: Architecture, name: string, prefix: string): boolean {
  if (!name.startsWith(prefix)) return false;
  const local = name.slice(prefix.length);
  if (local === "rotary_emb.inv_freq") return a.positions.kind === "rotary";
  const pattern =
    a.family === "gpt2" ? /^h\.(\d+)\.attn\.(?:masked_)?bias$/ : /^layers\.(\d+)\.self_attn\.rotary_emb\.inv_freq$/;
  const layer = pattern.exec(local)?.[1];
  return layer !== undefined && Number(layer) < a.layers;
}

function gpt2Body(
  a: Architecture,
  prefix: string,
  plain: (name: string, parameter: string) => StoredTensor,
  shapes: ReadonlyMap<string, readonly number[]>,
): StoredTensor[] {
  const pair = (name: string, weight: string): StoredTensor[] => [
    plain(`${name}.weight`, weight),
    plain(`${name}.bias`, biasOf(weight)),
  ];
  const map = (name: string, layer: number, projections: readonly ("q" | "k" | "v" | "o" | "up" | "down")[]) => {
    const weights = projections.map((projection) => projectionName(layer, projection));
    const rows = weights.reduce((sum, weight) => sum + shapes.get(weight)![0]!, 0);
    const columns = shapes.get(weights[0]!)![1]!;
    const biases = projections.map((projection) => projectionBiasName(layer, projection));
    return [
      { name: `${name}.weight`, shape: [columns, rows], layout: "transposed" as const, parameters: weights },
      { name: `${name}.bias`, shape: [rows], layout: "plain" as const, parameters: biases },
    ];
  };
  const layers = Array.from({ length: a.layers }, (_, layer) => {
    const at = `${prefix}h.${layer}`;
    return [
      ...pair(`${at}.ln_1`, normName(layer, "attention")),
      ...map(`${at}.attn.c_attn`, layer, ["q", "k", "v"]),
      ...map(`${at}.attn.c_proj`, layer, ["o"]),
      ...pair(`${at}.ln_2`, normName(layer, "feedForward")),
      ...map(`${at}.mlp.c_fc`, layer, ["up"]),
      ...map(`${at}.mlp.c_proj`, layer, ["down"]),
    ];
  });
  return [
    plain(`${prefix}wte.weight`, EMBEDDING),
    plain(`${prefix}wpe.weight`, POSITIONS),
    ...layers.flat(),
    ...pair(`${prefix}ln_f`, FINAL_NORM),
  ];
}
