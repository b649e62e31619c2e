import { describe, expect, test } from "vitest";
import { bytesSource } from "./ByteSource.js";
import { exportTensors, importWeights } from "./importWeights.js";
import { parseArchitecture } from "./parseArchitecture.js";
import { type Tensor, writeSafetensors } from "./safetensors.js";
import { TensorFile } from "./TensorFile.js";
import { TensorFolder } from "./TensorFolder.js";
import type { HuggingFaceConfig } from "./testing/HuggingFaceConfig.js";
import { randomTensors } from "./testing/randomTensors.js";

const GPT2: HuggingFaceConfig = {
  model_type: "gpt2",
  vocab_size: 7,
  n_embd: 4,
  n_head: 2,
  n_layer: 1,
  n_positions: 6,
  n_inner: 5,
  layer_norm_epsilon: 1e-5,
};
const LLAMA: HuggingFaceConfig = {
  model_type: "llama",
  vocab_size: 7,
  hidden_size: 4,
  intermediate_size: 6,
  num_hidden_layers: 2,
  num_attention_heads: 2,
  num_key_value_heads: 1,
  max_position_embeddings: 8,
  rms_norm_eps: 1e-6,
  tie_word_embeddings: true,
};

async function importOf(config: HuggingFaceConfig, tensors: ReadonlyMap<string, Tensor>) {
  const architecture = parseArchitecture(config);
  const file = await TensorFile.open(bytesSource(writeSafetensors(tensors, "F32"), "f"));
  return { architecture, weights: await importWeights(architecture, TensorFolder.single(file)) };
}

function changed(config: HuggingFaceConfig, name: string, tensor: Tensor | undefined): Map<string, Tensor> {
  const tensors = randomTensors(config, 1);
  if (tensor === undefined) tensors.delete(name);
  else tensors.set(name, tensor);
  return tensors;
}

const zeros = (...shape: number[]): Tensor => ({ shape, data: new Float32Array(shape.reduce((a, b) => a * b, 1)) });

describe("GPT-2", () => {
  test("is renamed, split and transposed", async () => {
    const tensors = randomTensors(GPT2, 1);
    const { weights } = await importOf(GPT2, tensors);

    const at = (name: string, row: number, column: number): number => {
      const { data, shape } = tensors.get(`transformer.${name}`)!;
      return data[row * shape[1]! + column]!;
    };
    // [in 1, out 2] of the third part of c_attn is [2, 1] of v.
    expect(weights.get("model.layers.0.self_attn.v_proj.weight")![2 * 4 + 1]).toBe(
      at("h.0.attn.c_attn.weight", 1, 8 + 2),
    );
    expect(weights.get("model.layers.0.self_attn.k_proj.bias")![3]).toBe(
      tensors.get("transformer.h.0.attn.c_attn.bias")!.data[7],
    );
    expect(weights.get("model.layers.0.mlp.up_proj.weight")![4 * 4 + 3]).toBe(at("h.0.mlp.c_fc.weight", 3, 4));
    expect(weights.get("model.layers.0.mlp.down_proj.weight")![3 * 5 + 4]).toBe(at("h.0.mlp.c_proj.weight", 4, 3));
    expect(weights.get("model.position_embedding.weight")).toEqual(tensors.get("transformer.wpe.weight")!.data);
    expect(weights.get("model.layers.0.post_attention_layernorm.bias")).toEqual(
      tensors.get("transformer.h.0.ln_2.bias")!.data,
    );
    expect(weights.get("model.norm.weight")).toEqual(tensors.get("transformer.ln_f.weight")!.data);
  });
});

describe("tensors besides the parameters", () => {
  test.each<[string, HuggingFaceConfig, string, Tensor]>([
    ["a causal mask", GPT2, "transformer.h.0.attn.bias", zeros(1, 1, 6, 6)],
    ["what a mask puts in place", GPT2, "transformer.h.0.attn.masked_bias", zeros()],
    ["rotary frequencies of a layer", LLAMA, "model.layers.1.self_attn.rotary_emb.inv_freq", zeros(1)],
    ["rotary frequencies", LLAMA, "model.rotary_emb.inv_freq", zeros(1)],
    ["the tied head", LLAMA, "lm_head.weight", randomTensors(LLAMA, 1).get("model.embed_tokens.weight")!],
  ])("are accepted where they follow from the rest: %s", async (_name, config, name, tensor) => {
    const plain = await importOf(config, randomTensors(config, 1));

    expect(await importOf(config, changed(config, name, tensor))).toEqual(plain);
  });

  test.each<[string, HuggingFaceConfig, string, Tensor, RegExp]>([
    [
      "a head that is not the table it is tied to",
      LLAMA,
      "lm_head.weight",
      zeros(7, 4),
      /lm_head\.weight is not the embedding table/,
    ],
    [
      "a mask of a layer that is not there",
      GPT2,
      "transformer.h.1.attn.bias",
      zeros(1),
      /h\.1\.attn\.bias has no place/,
    ],
    [
      "frequencies of a layer that is not there",
      LLAMA,
      "model.layers.2.self_attn.rotary_emb.inv_freq",
      zeros(1),
      /has no place/,
    ],
    [
      "a bias that the configuration does not ask for",
      LLAMA,
      "model.layers.0.self_attn.q_proj.bias",
      zeros(4),
      /has no place/,
    ],
    ["a layer too many", LLAMA, "model.layers.2.input_layernorm.weight", zeros(4), /has no place/],
    ["a score head", LLAMA, "score.weight", zeros(2, 4), /score\.weight has no place/],
    ["the same name without its prefix", LLAMA, "norm.weight", zeros(4), /norm\.weight has no place/],
  ])("are refused: %s", async (_name, config, name, tensor, message) => {
    await expect(importOf(config, changed(config, name, tensor))).rejects.toMatchObject({
      code: "weights_mismatch",
      message: expect.stringMatching(message),
    });
  });

  test("the sign of a zero tells a tied head from another", async () => {
    const table = zeros(7, 4);
    const tensors = changed(LLAMA, "model.embed_tokens.weight", table);
    tensors.set("lm_head.weight", { shape: [7, 4], data: new Float32Array(28).fill(-0) });

    await expect(importOf(LLAMA, tensors)).rejects.toThrow(/is not the embedding table/);
  });
});

describe("parameters that do not fit", () => {
  test.each<[string, HuggingFaceConfig, string, Tensor | undefined, string, RegExp]>([
    ["one is missing", LLAMA, "model.norm.weight", undefined, "weights_missing", /f: no tensor model\.norm\.weight/],
    [
      "one has another shape",
      LLAMA,
      "model.norm.weight",
      zeros(5),
      "weights_mismatch",
      /\[5\], config\.json asks for \[4\]/,
    ],
    [
      "one is stored the other way round",
      GPT2,
      "transformer.h.0.mlp.c_fc.weight",
      zeros(5, 4),
      "weights_mismatch",
      /\[5, 4\], config\.json asks for \[4, 5\]/,
    ],
  ])("are refused where %s", async (_name, config, name, tensor, code, message) => {
    await expect(importOf(config, changed(config, name, tensor))).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message),
    });
  });

  test("an untied head that is missing is not taken from the table", async () => {
    await expect(importOf({ ...LLAMA, tie_word_embeddings: false }, randomTensors(LLAMA, 1))).rejects.toThrow(
      /no tensor lm_head\.weight/,
    );
  });
});

test("what is exported is what was imported", async () => {
  for (const config of [GPT2, LLAMA]) {
    const tensors = randomTensors(config, 2);
    const { architecture, weights } = await importOf(config, tensors);
    expect(exportTensors(architecture, weights)).toEqual(tensors);
  }
});
