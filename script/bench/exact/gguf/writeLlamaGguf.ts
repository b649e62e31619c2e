import {
  type Architecture,
  EMBEDDING,
  FINAL_NORM,
  HEAD,
  type Model,
  normName,
  PROJECTIONS,
  type Projection,
  projectionName,
  projectionShape,
} from "@openledger/engine";
import { dummyVocabulary } from "./dummyVocabulary.js";
import { Q8_BLOCK, Q8_BYTES, quantizeQ8 } from "./quantizeQ8.js";
import { type GgufTensor, type GgufValue, writeGguf } from "./writeGguf.js";

const NAMES: Readonly<Record<Projection, string>> = {
  q: "attn_q",
  k: "attn_k",
  v: "attn_v",
  o: "attn_output",
  gate: "ffn_gate",
  up: "ffn_up",
  down: "ffn_down",
};

/** `LLAMA_FTYPE_MOSTLY_Q8_0`. */
const FILE_TYPE = 7;

/**
 * A plain Llama as llama.cpp loads it: matrices in Q8_0, norms in F32, a vocabulary without meaning.
 *
 * llama.cpp turns neighbouring elements of a head where Hugging Face turns the halves, so rows of q and k are
 * interleaved, as its converter does (`LlamaModel.permute` in convert_hf_to_gguf.py).
 */
export function writeLlamaGguf(file: string, model: Model): void {
  writeGguf(file, metadata(model.architecture), tensors(model));
}

function metadata(a: Architecture): Record<string, GgufValue> {
  const { tokens, merges, types } = dummyVocabulary(a.vocabulary, a.endToken);
  const theta = a.positions.kind === "rotary" ? a.positions.theta : 0;
  return {
    "general.architecture": { text: "llama" },
    "general.name": { text: "bench" },
    "general.file_type": { u32: FILE_TYPE },
    "general.quantization_version": { u32: 2 },
    "llama.vocab_size": { u32: a.vocabulary },
    "llama.context_length": { u32: a.maxPositions },
    "llama.embedding_length": { u32: a.hidden },
    "llama.block_count": { u32: a.layers },
    "llama.feed_forward_length": { u32: a.feedForward },
    "llama.attention.head_count": { u32: a.heads },
    "llama.attention.head_count_kv": { u32: a.kvHeads },
    "llama.attention.key_length": { u32: a.headDim },
    "llama.attention.value_length": { u32: a.headDim },
    "llama.attention.layer_norm_rms_epsilon": { f32: a.normEpsilon },
    "llama.rope.dimension_count": { u32: a.headDim },
    "llama.rope.freq_base": { f32: theta },
    "tokenizer.ggml.model": { text: "gpt2" },
    "tokenizer.ggml.pre": { text: "default" },
    "tokenizer.ggml.tokens": { texts: tokens },
    "tokenizer.ggml.token_type": { i32s: types },
    "tokenizer.ggml.merges": { texts: merges },
    "tokenizer.ggml.bos_token_id": { u32: a.endToken },
    "tokenizer.ggml.eos_token_id": { u32: a.endToken },
  };
}

function tensors({ architecture: a, weights }: Model): GgufTensor[] {
  const weight = (name: string): Float32Array => weights.get(name)!;
  const norm = (name: string, data: Float32Array): GgufTensor => ({
    name,
    extents: [data.length],
    type: "F32",
    byteLength: data.byteLength,
    bytes: () => new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
  });
  const matrix = (name: string, [rows, columns]: readonly [number, number], data: () => Float32Array): GgufTensor => ({
    name,
    extents: [columns, rows],
    type: "Q8_0",
    byteLength: ((rows * columns) / Q8_BLOCK) * Q8_BYTES,
    bytes: () => quantizeQ8(data()),
  });

  const out = [matrix("token_embd.weight", [a.vocabulary, a.hidden], () => weight(EMBEDDING))];
  for (let layer = 0; layer < a.layers; layer++) {
    out.push(norm(`blk.${layer}.attn_norm.weight`, weight(normName(layer, "attention"))));
    out.push(norm(`blk.${layer}.ffn_norm.weight`, weight(normName(layer, "feedForward"))));
    for (const projection of PROJECTIONS) {
      const data = () => weight(projectionName(layer, projection));
      const turned = projection === "q" || projection === "k";
      const rows = turned ? () => interleaveHalves(data(), a.headDim, a.hidden) : data;
      out.push(matrix(`blk.${layer}.${NAMES[projection]}.weight`, projectionShape(a, projection), rows));
    }
  }
  out.push(norm("output_norm.weight", weight(FINAL_NORM)));
  if (a.head === "separate") out.push(matrix("output.weight", [a.vocabulary, a.hidden], () => weight(HEAD)));
  return out;
}

/** Rows i and i + D/2 of each head become rows 2i and 2i + 1. */
export function interleaveHalves(data: Float32Array, headDim: number, columns: number): Float32Array {
  const out = new Float32Array(data.length);
  const half = headDim / 2;
  for (let row = 0; row < data.length / columns; row++) {
    const within = row % headDim;
    const to = row - within + (within < half ? 2 * within : 2 * (within - half) + 1);
    out.set(data.subarray(row * columns, (row + 1) * columns), to * columns);
  }
  return out;
}
