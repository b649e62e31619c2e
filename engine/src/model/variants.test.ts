/** Models of other sizes and variants than the fixtures, with random weights, against a decoder in float64. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { adapterScale, parseAdapter, writeAdapter } from "./adapter.js";
import { architectureConfig } from "./architectureConfig.js";
import { FloatModel } from "./FloatModel.js";
import { exportTensors } from "./importWeights.js";
import { loadModel } from "./model-folder.js";
import { readSafetensors, type Tensor, writeSafetensors } from "./safetensors.js";
import type { FloatStorage } from "./storedFloats.js";
import type { HuggingFaceConfig } from "./testing/HuggingFaceConfig.js";
import { linearMaps, randomAdapter, randomTensors } from "./testing/randomTensors.js";
import { referenceLogits } from "./testing/referenceLogits.js";
import { writeFolder } from "./testing/writeFolder.js";

interface Variant {
  readonly config: HuggingFaceConfig;
  readonly storage?: FloatStorage;
  readonly shards?: number;
  /** Tensors as some exports have them, changed from the usual. */
  readonly stored?: (tensors: Map<string, Tensor>) => Map<string, Tensor>;
  /** Fields of the adapter's configuration. */
  readonly adapter?: object;
}

const SIZES = { max_position_embeddings: 64, rms_norm_eps: 1e-5, rope_theta: 100 };
const GPT2_SIZES = { n_layer: 2, n_positions: 20, layer_norm_epsilon: 1e-5, eos_token_id: 0 };

const VARIANTS: Readonly<Record<string, Variant>> = {
  "llama with all biases, one key head, odd vocabulary, linear positions, tied, BF16": {
    config: {
      ...SIZES,
      model_type: "llama",
      vocab_size: 37,
      hidden_size: 24,
      intermediate_size: 20,
      num_hidden_layers: 3,
      num_attention_heads: 3,
      num_key_value_heads: 1,
      attention_bias: true,
      mlp_bias: true,
      rope_scaling: { type: "linear", factor: 4 },
      tie_word_embeddings: true,
    },
    storage: "BF16",
    adapter: { use_rslora: true },
  },
  "llama with llama3 positions, GELU, several end tokens, F16 in three shards": {
    config: {
      ...SIZES,
      model_type: "llama",
      vocab_size: 50,
      hidden_size: 32,
      intermediate_size: 48,
      num_hidden_layers: 2,
      num_attention_heads: 4,
      num_key_value_heads: null,
      head_dim: 16,
      hidden_act: "gelu_pytorch_tanh",
      rope_parameters: {
        rope_type: "llama3",
        rope_theta: 100,
        factor: 8,
        low_freq_factor: 1,
        high_freq_factor: 4,
        original_max_position_embeddings: 32,
      },
      tie_word_embeddings: false,
      eos_token_id: [3, 5],
    },
    storage: "F16",
    shards: 3,
  },
  "mistral with a window of 5, heads wider than hidden, in shards": {
    config: {
      ...SIZES,
      model_type: "mistral",
      vocab_size: 41,
      hidden_size: 30,
      intermediate_size: 44,
      num_hidden_layers: 2,
      num_attention_heads: 6,
      num_key_value_heads: 2,
      head_dim: 8,
      sliding_window: 5,
      tie_word_embeddings: false,
    },
    shards: 2,
    adapter: { target_modules: ["q_proj", "down_proj"] },
  },
  "qwen2 with a window in its last layer, and names without prefix": {
    config: {
      ...SIZES,
      model_type: "qwen2",
      vocab_size: 33,
      hidden_size: 24,
      intermediate_size: 40,
      num_hidden_layers: 3,
      num_attention_heads: 4,
      num_key_value_heads: 2,
      sliding_window: 4,
      use_sliding_window: true,
      max_window_layers: 2,
      tie_word_embeddings: true,
    },
    stored: (tensors) => new Map([...tensors].map(([name, tensor]) => [name.replace(/^model\./, ""), tensor])),
  },
  "qwen3 with biases and windows by layer": {
    config: {
      ...SIZES,
      model_type: "qwen3",
      vocab_size: 45,
      hidden_size: 20,
      intermediate_size: 36,
      num_hidden_layers: 3,
      num_attention_heads: 6,
      num_key_value_heads: 3,
      head_dim: 12,
      attention_bias: true,
      sliding_window: 3,
      use_sliding_window: true,
      layer_types: ["sliding_attention", "full_attention", "sliding_attention"],
      tie_word_embeddings: false,
    },
    adapter: { target_modules: "all-linear" },
  },
  "gpt2 with its own head, narrow MLP and stored masks": {
    config: {
      ...GPT2_SIZES,
      model_type: "gpt2",
      vocab_size: 29,
      n_embd: 24,
      n_head: 3,
      n_inner: 20,
      tie_word_embeddings: false,
    },
    stored: (tensors) =>
      new Map([
        ...[...tensors].map(([name, tensor]): [string, Tensor] => [name.replace(/^transformer\./, ""), tensor]),
        ["h.0.attn.bias", { shape: [1, 1, 4, 4], data: new Float32Array(16).fill(1) }],
        ["h.1.attn.masked_bias", { shape: [], data: Float32Array.of(-1e4) }],
      ]),
    adapter: { target_modules: ["c_attn", "mlp.c_proj"], use_rslora: true },
  },
  "gpt2 with SiLU, tied, its head stored all the same, BF16": {
    config: {
      ...GPT2_SIZES,
      model_type: "gpt2",
      vocab_size: 31,
      n_embd: 16,
      n_head: 1,
      n_inner: null,
      activation_function: "silu",
    },
    storage: "BF16",
    stored: (tensors) => new Map([...tensors, ["lm_head.weight", tensors.get("transformer.wte.weight")!]]),
  },
};

const IDS = [3, 17, 9, 9, 28, 0, 1, 14, 22, 5, 6, 27, 2, 11];
const RANK = 3;

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "variant-"));
});
afterEach(() => rmSync(dir, { recursive: true }));

function expectClose(found: Float32Array, wanted: readonly number[]): void {
  const largest = Math.max(...wanted.map(Math.abs));
  expect(found.length).toBe(wanted.length);
  expect(Math.max(...wanted.map((value, i) => Math.abs(value - found[i]!))) / largest).toBeLessThan(1e-5);
}

/** One pass, and decoding from the first token and from all but the last, against the reference. */
async function expectLogits(run: FloatModel, wanted: readonly number[][]): Promise<void> {
  try {
    expectClose(await run.logits(IDS), wanted.flat());
    for (const known of [0, 1, 6, IDS.length - 1]) expectClose(await run.stepLogits(IDS, known), wanted.at(-1)!);
  } finally {
    await run.close();
  }
}

/** The files of a random adapter over the targets of a variant, and the reference's view of it. */
function adapterOf({ config, adapter = {} }: Variant) {
  const gpt2 = config.model_type === "gpt2";
  const all = gpt2 ? ["c_attn", "c_proj", "c_fc"] : "all-linear";
  const settings = { peft_type: "LORA", r: RANK, lora_alpha: 5, fan_in_fan_out: gpt2, target_modules: all, ...adapter };
  const targets = settings.target_modules as string | string[];
  const maps = [...linearMaps(config)].filter(
    ([path]) => typeof targets === "string" || targets.some((target) => path.endsWith(`.${target}`)),
  );
  const tensors = randomAdapter(new Map(maps), RANK, 5);
  return { tensors, files: { config: JSON.stringify(settings), weights: writeSafetensors(tensors, "F32") } };
}

describe.each(Object.entries(VARIANTS))("%s", (_name, variant) => {
  const { config, storage = "F32", shards = 1, stored = (tensors) => tensors } = variant;
  const tensors = randomTensors(config, 1);
  beforeEach(() => writeFolder(dir, config, stored(tensors), { storage, shards }));

  test("gives the reference's logits by one pass and step by step", async () => {
    const model = await loadModel(dir);

    await expectLogits(await FloatModel.open(model, { length: 16 }), referenceLogits(config, tensors, IDS));
  });

  test("gives them with an adapter, which is the same after writing", async () => {
    const model = await loadModel(dir);
    const files = adapterOf(variant);
    const adapter = parseAdapter(files.files, model.architecture);
    const scale = 5 / (files.files.config.includes('"use_rslora":true') ? Math.sqrt(RANK) : RANK);

    const run = await FloatModel.open(model, { length: 16, adapter });

    expect(adapterScale(adapter)).toBe(scale);
    await expectLogits(run, referenceLogits(config, tensors, IDS, { tensors: files.tensors, scale }));
    const written = writeAdapter(adapter, model.architecture);
    expect(readSafetensors(written.weights, "f")).toEqual(readSafetensors(files.files.weights, "f"));
    expect(parseAdapter(written, model.architecture)).toEqual(adapter);
  });

  test("is the same after writing and reading, weights and configuration", async () => {
    const model = await loadModel(dir);
    const copy = join(dir, "copy");

    const written = exportTensors(model.architecture, model.weights);
    writeFolder(copy, architectureConfig(model.architecture), written, { storage, shards });

    expect(written).toEqual(tensors);
    expect(await loadModel(copy)).toEqual(model);
  });
});
