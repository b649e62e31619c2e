import { Random } from "../../train/random.js";
import type { Tensor } from "../safetensors.js";
import {
  type Gpt2Config,
  type HuggingFaceConfig,
  headDimOf,
  kvHeadsOf,
  type RotaryConfig,
} from "./HuggingFaceConfig.js";

type Tensors = Map<string, Tensor>;

/** The tensors of a random model as its family stores them. Every value is exact in BF16 and F16. */
export function randomTensors(config: HuggingFaceConfig, seed: number): Tensors {
  const random = new Random(seed);
  const tensors: Tensors = new Map();
  const add = (name: string, ...shape: number[]): void => {
    tensors.set(name, randomTensor(random, shape, name.includes("norm") || name.includes("ln_")));
  };
  if (config.model_type === "gpt2") addGpt2(config, add);
  else addRotary(config, add);
  return tensors;
}

/** A random adapter over modules of the given shapes `[in, out]`, in PEFT's names. */
export function randomAdapter(
  modules: ReadonlyMap<string, readonly [number, number]>,
  rank: number,
  seed: number,
): Tensors {
  const random = new Random(seed);
  const tensors: Tensors = new Map();
  for (const [path, [inner, out]] of modules) {
    tensors.set(`base_model.model.${path}.lora_A.weight`, randomTensor(random, [rank, inner], false));
    tensors.set(`base_model.model.${path}.lora_B.weight`, randomTensor(random, [out, rank], false));
  }
  return tensors;
}

/** `[in, out]` of every linear map of a model's layers, by its path. */
export function linearMaps(config: HuggingFaceConfig): Map<string, readonly [number, number]> {
  const maps = new Map<string, readonly [number, number]>();
  if (config.model_type === "gpt2") {
    const { n_embd: d } = config;
    const inner = config.n_inner ?? 4 * d;
    for (let layer = 0; layer < config.n_layer; layer++) {
      const at = `transformer.h.${layer}`;
      maps.set(`${at}.attn.c_attn`, [d, 3 * d]);
      maps.set(`${at}.attn.c_proj`, [d, d]);
      maps.set(`${at}.mlp.c_fc`, [d, inner]);
      maps.set(`${at}.mlp.c_proj`, [inner, d]);
    }
    return maps;
  }
  const { hidden_size: d, intermediate_size: inner } = config;
  const query = config.num_attention_heads * headDimOf(config);
  const key = kvHeadsOf(config) * headDimOf(config);
  for (let layer = 0; layer < config.num_hidden_layers; layer++) {
    const at = `model.layers.${layer}`;
    maps.set(`${at}.self_attn.q_proj`, [d, query]);
    maps.set(`${at}.self_attn.k_proj`, [d, key]);
    maps.set(`${at}.self_attn.v_proj`, [d, key]);
    maps.set(`${at}.self_attn.o_proj`, [query, d]);
    maps.set(`${at}.mlp.gate_proj`, [d, inner]);
    maps.set(`${at}.mlp.up_proj`, [d, inner]);
    maps.set(`${at}.mlp.down_proj`, [inner, d]);
  }
  return maps;
}

function addRotary(config: RotaryConfig, add: (name: string, ...shape: number[]) => void): void {
  const { hidden_size: d, vocab_size: vocabulary, model_type: family } = config;
  add("model.embed_tokens.weight", vocabulary, d);
  for (const [path, [inner, out]] of linearMaps(config)) {
    add(`${path}.weight`, out, inner);
    const ofMlp = path.includes(".mlp.");
    const biased = ofMlp
      ? config.mlp_bias === true
      : config.attention_bias === true || (family === "qwen2" && !path.endsWith("o_proj"));
    if (biased) add(`${path}.bias`, out);
  }
  for (let layer = 0; layer < config.num_hidden_layers; layer++) {
    add(`model.layers.${layer}.input_layernorm.weight`, d);
    add(`model.layers.${layer}.post_attention_layernorm.weight`, d);
    if (family !== "qwen3") continue;
    add(`model.layers.${layer}.self_attn.q_norm.weight`, headDimOf(config));
    add(`model.layers.${layer}.self_attn.k_norm.weight`, headDimOf(config));
  }
  add("model.norm.weight", d);
  if (!config.tie_word_embeddings) add("lm_head.weight", vocabulary, d);
}

function addGpt2(config: Gpt2Config, add: (name: string, ...shape: number[]) => void): void {
  const { n_embd: d, vocab_size: vocabulary } = config;
  add("transformer.wte.weight", vocabulary, d);
  add("transformer.wpe.weight", config.n_positions, d);
  for (const [path, [inner, out]] of linearMaps(config)) {
    add(`${path}.weight`, inner, out);
    add(`${path}.bias`, out);
  }
  const norms = Array.from({ length: config.n_layer }, (_, layer) => [`h.${layer}.ln_1`, `h.${layer}.ln_2`]).flat();
  for (const norm of [...norms, "ln_f"]) {
    add(`transformer.${norm}.weight`, d);
    add(`transformer.${norm}.bias`, d);
  }
  if (config.tie_word_embeddings === false) add("lm_head.weight", vocabulary, d);
}

/** Multiples of 1/64 up to 1.5; scales of norms lie about 1. */
function randomTensor(random: Random, shape: readonly number[], scales: boolean): Tensor {
  const size = shape.reduce((a, b) => a * b, 1);
  const centre = scales && shape.length === 1 ? 1 : 0;
  const data = Float32Array.from(
    { length: size },
    () => centre + Math.max(-32, Math.min(32, Math.round(12 * random.normal()))) / 64,
  );
  return { shape, data };
}
