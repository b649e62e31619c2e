/**
 * A decoder in float64, slow and obvious, over tensors as Hugging Face names and stores them: what the graphs are
 * compared with. It shares no code with the import, nor with the graphs.
 */
import type { Tensor } from "../safetensors.js";
import {
  type Gpt2Config,
  type HuggingFaceConfig,
  headDimOf,
  kvHeadsOf,
  type RotaryConfig,
} from "./HuggingFaceConfig.js";

export interface ReferenceAdapter {
  readonly tensors: ReadonlyMap<string, Tensor>;
  /** What B·A is multiplied by. */
  readonly scale: number;
}

type Row = number[];
type Tensors = ReadonlyMap<string, Tensor>;

/** Logits of every position, `[n][vocabulary]`. */
export function referenceLogits(
  config: HuggingFaceConfig,
  tensors: Tensors,
  ids: readonly number[],
  adapter?: ReferenceAdapter,
): Row[] {
  return config.model_type === "gpt2"
    ? gpt2Logits(config, tensors, ids, adapter)
    : rotaryLogits(config, tensors, ids, adapter);
}

function rotaryLogits(
  config: RotaryConfig,
  tensors: Tensors,
  ids: readonly number[],
  adapter?: ReferenceAdapter,
): Row[] {
  const heads = config.num_attention_heads;
  const kvHeads = kvHeadsOf(config);
  const headDim = headDimOf(config);
  const norm = (row: Row, name: string): Row => rmsNorm(row, vector(tensors, name), config.rms_norm_eps);
  const apply = (path: string, row: Row): Row => linear(tensors, path, row, "out first", adapter);
  const act = activation(config.hidden_act ?? "silu");
  const frequencies = inverseFrequencies(config, headDim);

  let rows = ids.map((id) => rowOf(tensors, "model.embed_tokens.weight", id));
  for (let layer = 0; layer < config.num_hidden_layers; layer++) {
    const at = `model.layers.${layer}`;
    const window = windowOf(config, layer);
    const normed = rows.map((row) => norm(row, `${at}.input_layernorm.weight`));
    const place = (of: "q" | "k", count: number): Row[][] =>
      normed.map((row, position) =>
        split(apply(`${at}.self_attn.${of}_proj`, row), count).map((head) =>
          turn(
            config.model_type === "qwen3" ? norm(head, `${at}.self_attn.${of}_norm.weight`) : head,
            position,
            frequencies,
          ),
        ),
      );
    const values = normed.map((row) => split(apply(`${at}.self_attn.v_proj`, row), kvHeads));
    const mixed = attend(place("q", heads), place("k", kvHeads), values, 1 / Math.sqrt(headDim), window);
    rows = rows.map((row, i) => add(row, apply(`${at}.self_attn.o_proj`, mixed[i]!)));
    rows = rows.map((row) => {
      const inner = norm(row, `${at}.post_attention_layernorm.weight`);
      const up = apply(`${at}.mlp.up_proj`, inner);
      const hidden = apply(`${at}.mlp.gate_proj`, inner).map((x, i) => act(x) * up[i]!);
      return add(row, apply(`${at}.mlp.down_proj`, hidden));
    });
  }
  const head = config.tie_word_embeddings ? "model.embed_tokens.weight" : "lm_head.weight";
  return rows.map((row) => product(tensors, head, norm(row, "model.norm.weight")));
}

function gpt2Logits(config: Gpt2Config, tensors: Tensors, ids: readonly number[], adapter?: ReferenceAdapter): Row[] {
  const { n_embd: d, n_head: heads } = config;
  const norm = (row: Row, name: string): Row =>
    layerNorm(row, vector(tensors, `${name}.weight`), vector(tensors, `${name}.bias`), config.layer_norm_epsilon);
  const apply = (path: string, row: Row): Row => linear(tensors, path, row, "in first", adapter);
  const act = activation(config.activation_function ?? "gelu_new");

  let rows = ids.map((id, position) =>
    add(rowOf(tensors, "transformer.wte.weight", id), rowOf(tensors, "transformer.wpe.weight", position)),
  );
  for (let layer = 0; layer < config.n_layer; layer++) {
    const at = `transformer.h.${layer}`;
    const fused = rows.map((row) => apply(`${at}.attn.c_attn`, norm(row, `${at}.ln_1`)));
    const part = (n: number): Row[][] => fused.map((row) => split(row.slice(n * d, (n + 1) * d), heads));
    const mixed = attend(part(0), part(1), part(2), 1 / Math.sqrt(d / heads), null);
    rows = rows.map((row, i) => add(row, apply(`${at}.attn.c_proj`, mixed[i]!)));
    rows = rows.map((row) => {
      const hidden = apply(`${at}.mlp.c_fc`, norm(row, `${at}.ln_2`)).map(act);
      return add(row, apply(`${at}.mlp.c_proj`, hidden));
    });
  }
  const head = config.tie_word_embeddings === false ? "lm_head.weight" : "transformer.wte.weight";
  return rows.map((row) => product(tensors, head, norm(row, "transformer.ln_f")));
}

/** Attended values of each position, heads side by side. */
function attend(queries: Row[][], keys: Row[][], values: Row[][], scale: number, window: number | null): Row[] {
  const repeats = queries[0]!.length / keys[0]!.length;
  return queries.map((heads, position) =>
    heads.flatMap((query, h) => {
      const kv = Math.floor(h / repeats);
      const seen = keys.flatMap((_, j) => (j <= position && (window === null || position - j < window) ? [j] : []));
      const scores = seen.map((j) => scale * dot(query, keys[j]![kv]!));
      const top = Math.max(...scores);
      const exps = scores.map((score) => Math.exp(score - top));
      const sum = exps.reduce((a, b) => a + b, 0);
      return query.map((_, i) => seen.reduce((total, j, n) => total + (exps[n]! / sum) * values[j]![kv]![i]!, 0));
    }),
  );
}

function windowOf(config: RotaryConfig, layer: number): number | null {
  const window = config.sliding_window ?? null;
  if (config.model_type === "mistral") return window;
  if (config.model_type === "llama" || config.use_sliding_window !== true) return null;
  if (config.layer_types !== undefined) return config.layer_types[layer] === "sliding_attention" ? window : null;
  return layer >= (config.max_window_layers ?? 28) ? window : null;
}

function inverseFrequencies(config: RotaryConfig, headDim: number): Row {
  const rope = { ...config.rope_scaling, ...config.rope_parameters } as Record<string, number | string>;
  const theta = Number(rope.rope_theta ?? config.rope_theta ?? 10_000);
  const plain = Array.from({ length: headDim / 2 }, (_, i) => 1 / theta ** ((2 * i) / headDim));
  const kind = rope.rope_type ?? rope.type ?? "default";
  const factor = Number(rope.factor);
  if (kind === "linear") return plain.map((f) => f / factor);
  if (kind !== "llama3") return plain;
  const old = Number(rope.original_max_position_embeddings);
  const [low, high] = [Number(rope.low_freq_factor), Number(rope.high_freq_factor)];
  return plain.map((f) => {
    const wavelength = (2 * Math.PI) / f;
    if (wavelength < old / high) return f;
    if (wavelength > old / low) return f / factor;
    const smooth = (old / wavelength - low) / (high - low);
    return ((1 - smooth) * f) / factor + smooth * f;
  });
}

function turn(head: Row, position: number, frequencies: Row): Row {
  const half = head.length / 2;
  return head.map((x, i) => {
    const angle = position * frequencies[i % half]!;
    const other = i < half ? -head[i + half]! : head[i - half]!;
    return x * Math.cos(angle) + other * Math.sin(angle);
  });
}

function linear(
  tensors: Tensors,
  path: string,
  row: Row,
  layout: "out first" | "in first",
  adapter: ReferenceAdapter | undefined,
): Row {
  const { shape, data } = tensors.get(`${path}.weight`)!;
  const out =
    layout === "out first"
      ? product(tensors, `${path}.weight`, row)
      : Array.from({ length: shape[1]! }, (_, n) => row.reduce((sum, x, k) => sum + x * data[k * shape[1]! + n]!, 0));
  const bias = tensors.has(`${path}.bias`) ? vector(tensors, `${path}.bias`) : undefined;
  const base = bias === undefined ? out : add(out, bias);
  const name = `base_model.model.${path}.lora_A.weight`;
  if (adapter === undefined || !adapter.tensors.has(name)) return base;
  const narrow = product(adapter.tensors, name, row);
  const wide = product(adapter.tensors, name.replace("lora_A", "lora_B"), narrow);
  return add(
    base,
    wide.map((x) => x * adapter.scale),
  );
}

function activation(name: string): (x: number) => number {
  if (name === "silu") return (x) => x / (1 + Math.exp(-x));
  return (x) => 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3)));
}

function rmsNorm(row: Row, weight: Row, epsilon: number): Row {
  const scale = 1 / Math.sqrt(dot(row, row) / row.length + epsilon);
  return row.map((x, i) => x * scale * weight[i]!);
}

function layerNorm(row: Row, weight: Row, bias: Row, epsilon: number): Row {
  const mean = row.reduce((a, b) => a + b, 0) / row.length;
  const centred = row.map((x) => x - mean);
  return add(rmsNorm(centred, weight, epsilon), bias);
}

function product(tensors: Tensors, name: string, row: Row): Row {
  const { shape, data } = tensors.get(name)!;
  const width = shape[1]!;
  return Array.from({ length: shape[0]! }, (_, n) => row.reduce((sum, x, k) => sum + x * data[n * width + k]!, 0));
}

function rowOf(tensors: Tensors, name: string, index: number): Row {
  const { shape, data } = tensors.get(name)!;
  return [...data.subarray(index * shape[1]!, (index + 1) * shape[1]!)];
}

function vector(tensors: Tensors, name: string): Row {
  return [...tensors.get(name)!.data];
}

function split(row: Row, count: number): Row[] {
  const width = row.length / count;
  return Array.from({ length: count }, (_, i) => row.slice(i * width, (i + 1) * width));
}

function add(a: Row, b: Row): Row {
  return a.map((x, i) => x + b[i]!);
}

function dot(a: Row, b: Row): number {
  return a.reduce((sum, x, i) => sum + x * b[i]!, 0);
}
