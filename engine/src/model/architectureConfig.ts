import type { Architecture, RotaryScaling } from "./architecture.js";

/**
 * The `config.json` of an architecture, in the form that transformers reads; `parseArchitecture` gives it back.
 *
 * @param dtype how the weights are stored
 */
export function architectureConfig(
  a: Architecture,
  dtype: "float16" | "bfloat16" | "float32" = "float16",
): Record<string, unknown> {
  return a.family === "gpt2" ? gpt2Config(a, dtype) : rotaryFamilyConfig(a, dtype);
}

function rotaryFamilyConfig(a: Architecture, dtype: string): Record<string, unknown> {
  return {
    architectures: [
      `${{ llama: "Llama", mistral: "Mistral", qwen2: "Qwen2", qwen3: "Qwen3", gpt2: "" }[a.family]}ForCausalLM`,
    ],
    ...(a.family === "llama" || a.family === "qwen3" ? { attention_bias: a.biases.qkv } : {}),
    bos_token_id: a.endToken,
    eos_token_id: endTokens(a),
    head_dim: a.headDim,
    hidden_act: a.activation === "silu" ? "silu" : "gelu_pytorch_tanh",
    hidden_size: a.hidden,
    intermediate_size: a.feedForward,
    max_position_embeddings: a.maxPositions,
    ...(a.family === "llama" ? { mlp_bias: a.biases.mlp } : {}),
    model_type: a.family,
    num_attention_heads: a.heads,
    num_hidden_layers: a.layers,
    num_key_value_heads: a.kvHeads,
    rms_norm_eps: a.normEpsilon,
    ...(a.positions.kind === "rotary" ? rotaryConfig(a.positions) : {}),
    ...windowConfig(a),
    tie_word_embeddings: a.head === "tied",
    torch_dtype: dtype,
    vocab_size: a.vocabulary,
  };
}

function gpt2Config(a: Architecture, dtype: string): Record<string, unknown> {
  return {
    activation_function: a.activation === "silu" ? "silu" : "gelu_new",
    architectures: ["GPT2LMHeadModel"],
    bos_token_id: a.endToken,
    eos_token_id: endTokens(a),
    layer_norm_epsilon: a.normEpsilon,
    model_type: "gpt2",
    n_embd: a.hidden,
    n_head: a.heads,
    n_inner: a.feedForward,
    n_layer: a.layers,
    n_positions: a.maxPositions,
    tie_word_embeddings: a.head === "tied",
    torch_dtype: dtype,
    vocab_size: a.vocabulary,
  };
}

function endTokens({ endToken, otherEndTokens }: Architecture): number | number[] {
  return otherEndTokens === undefined ? endToken : [endToken, ...otherEndTokens];
}

/** The old spelling, which new readers take too. */
function rotaryConfig(positions: { readonly theta: number; readonly scaling: RotaryScaling }): Record<string, unknown> {
  const { theta, scaling } = positions;
  switch (scaling.kind) {
    case "default":
      return { rope_theta: theta };
    case "linear":
      return { rope_scaling: { factor: scaling.factor, rope_type: "linear" }, rope_theta: theta };
    case "llama3":
      return {
        rope_scaling: {
          factor: scaling.factor,
          high_freq_factor: scaling.highFrequencyFactor,
          low_freq_factor: scaling.lowFrequencyFactor,
          original_max_position_embeddings: scaling.originalPositions,
          rope_type: "llama3",
        },
        rope_theta: theta,
      };
  }
}

function windowConfig({ family, windows }: Architecture): Record<string, unknown> {
  const window = windows.find((entry) => entry !== null) ?? null;
  if (family === "mistral") return { sliding_window: window };
  if (family === "llama") return {};
  return {
    layer_types: windows.map((entry) => (entry === null ? "full_attention" : "sliding_attention")),
    sliding_window: window,
    use_sliding_window: window !== null,
  };
}
