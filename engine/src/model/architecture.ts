import { ModelError } from "./errors.js";

/** How rotary frequencies are changed to reach positions beyond those of pre-training. */
export type RotaryScaling =
  | { readonly kind: "default" }
  /** Every frequency divided by `factor` (position interpolation). */
  | { readonly kind: "linear"; readonly factor: number }
  /** Low frequencies divided by `factor`, high ones kept, those between blended (Llama 3.1). */
  | {
      readonly kind: "llama3";
      readonly factor: number;
      readonly lowFrequencyFactor: number;
      readonly highFrequencyFactor: number;
      readonly originalPositions: number;
    };

/** The sizes and variants of a decoder, as read from a Hugging Face `config.json`. */
export interface Architecture {
  readonly family: "llama" | "mistral" | "qwen2" | "qwen3" | "gpt2";
  readonly vocabulary: number;
  readonly hidden: number;
  readonly layers: number;
  readonly heads: number;
  /** Heads of keys and values; divides `heads` (grouped-query attention). */
  readonly kvHeads: number;
  readonly headDim: number;
  readonly feedForward: number;
  readonly maxPositions: number;
  readonly norm: "rms" | "layer";
  readonly normEpsilon: number;
  /** `rotary`: queries and keys are turned. `learned`: one row per position is added to the embedding (GPT-2). */
  readonly positions:
    | { readonly kind: "rotary"; readonly theta: number; readonly scaling: RotaryScaling }
    | { readonly kind: "learned" };
  /** `gated`: down(act(gate x) · up x). `plain`: down(act(up x)). */
  readonly mlp: "gated" | "plain";
  /** `gelu_tanh` is the tanh form of GELU, `gelu_new` of GPT-2. */
  readonly activation: "silu" | "gelu_tanh";
  readonly biases: { readonly qkv: boolean; readonly o: boolean; readonly mlp: boolean };
  /** An RMS norm of each head of queries and keys before they are turned (Qwen3). */
  readonly qkNorm: boolean;
  /** Keys at j are seen from p while p − j < window; one entry a layer, null for all. */
  readonly windows: readonly (number | null)[];
  /** `tied`: the output projection is the embedding table. */
  readonly head: "tied" | "separate";
  readonly endToken: number;
}

/** What distinguishes one plain Llama from another. */
export type LlamaSizes = Omit<
  Architecture,
  "family" | "norm" | "positions" | "mlp" | "activation" | "biases" | "qkNorm" | "windows"
> & {
  /** Base of the rotary angles. */
  readonly theta: number;
};

/** A Llama without biases, scaled positions or windows. */
export function llamaArchitecture({ theta, ...sizes }: LlamaSizes): Architecture {
  return {
    ...sizes,
    family: "llama",
    norm: "rms",
    positions: { kind: "rotary", theta, scaling: { kind: "default" } },
    mlp: "gated",
    activation: "silu",
    biases: { qkv: false, o: false, mlp: false },
    qkNorm: false,
    windows: Array.from({ length: sizes.layers }, () => null),
  };
}

/**
 * Reads a Hugging Face `config.json` of a Llama model.
 *
 * @throws ModelError `config_unsupported` when a field is missing, out of range or asks for what is not built here
 * (biases, scaled RoPE, another activation).
 */
export function parseArchitecture(config: unknown): Architecture {
  const fields = record(config, "config.json");
  const unsupported = (field: string, wanted: string): ModelError =>
    new ModelError(
      "config_unsupported",
      `config.json: ${field} must be ${wanted}, found ${JSON.stringify(fields[field])}; only plain Llama decoders run`,
    );
  const count = (field: string, fallback?: number): number => {
    const value = fields[field] ?? fallback;
    if (typeof value !== "number" || !Number.isInteger(value) || value < 1 || value > 2 ** 24) {
      throw unsupported(field, "a positive integer");
    }
    return value;
  };

  if (fields.model_type !== "llama") throw unsupported("model_type", '"llama"');
  if ((fields.hidden_act ?? "silu") !== "silu") throw unsupported("hidden_act", '"silu"');
  if (fields.attention_bias === true) throw unsupported("attention_bias", "false");
  if (fields.mlp_bias === true) throw unsupported("mlp_bias", "false");
  if (fields.rope_scaling !== undefined && fields.rope_scaling !== null) throw unsupported("rope_scaling", "null");

  const hidden = count("hidden_size");
  const heads = count("num_attention_heads");
  const kvHeads = count("num_key_value_heads", heads);
  if (heads % kvHeads !== 0) throw unsupported("num_key_value_heads", `a divisor of ${heads}`);
  const headDim = count("head_dim", hidden / heads);
  if (headDim % 2 !== 0) throw unsupported("head_dim", "even");
  const epsilon = fields.rms_norm_eps ?? 1e-6;
  if (typeof epsilon !== "number" || !(epsilon > 0)) throw unsupported("rms_norm_eps", "a positive number");
  const vocabulary = count("vocab_size");
  const endToken = fields.eos_token_id ?? 0;
  if (typeof endToken !== "number" || !Number.isInteger(endToken) || endToken < 0 || endToken >= vocabulary) {
    throw unsupported("eos_token_id", `a token below ${vocabulary}`);
  }

  return llamaArchitecture({
    vocabulary,
    hidden,
    layers: count("num_hidden_layers"),
    heads,
    kvHeads,
    headDim,
    feedForward: count("intermediate_size"),
    maxPositions: count("max_position_embeddings"),
    theta: ropeTheta(fields),
    normEpsilon: epsilon,
    head: fields.tie_word_embeddings === true ? "tied" : "separate",
    endToken,
  });
}

/** The `config.json` of an architecture, in the form that transformers reads. */
export function architectureConfig(architecture: Architecture): Record<string, unknown> {
  return {
    architectures: ["LlamaForCausalLM"],
    attention_bias: false,
    bos_token_id: architecture.endToken,
    eos_token_id: architecture.endToken,
    head_dim: architecture.headDim,
    hidden_act: "silu",
    hidden_size: architecture.hidden,
    intermediate_size: architecture.feedForward,
    max_position_embeddings: architecture.maxPositions,
    mlp_bias: false,
    model_type: "llama",
    num_attention_heads: architecture.heads,
    num_hidden_layers: architecture.layers,
    num_key_value_heads: architecture.kvHeads,
    rms_norm_eps: architecture.normEpsilon,
    ...(architecture.positions.kind === "rotary" ? { rope_theta: architecture.positions.theta } : {}),
    tie_word_embeddings: architecture.head === "tied",
    torch_dtype: "float16",
    vocab_size: architecture.vocabulary,
  };
}

function ropeTheta(fields: Record<string, unknown>): number {
  const nested = fields.rope_parameters;
  const parameters = nested === undefined || nested === null ? fields : record(nested, "rope_parameters");
  const kind = parameters.rope_type ?? "default";
  const theta = parameters.rope_theta ?? 10_000;
  if (kind !== "default" || typeof theta !== "number" || !(theta > 0)) {
    throw new ModelError("config_unsupported", `config.json: only unscaled RoPE runs, found ${JSON.stringify(nested)}`);
  }
  return theta;
}

function record(value: unknown, what: string): Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new ModelError("config_unsupported", `${what} must be a JSON object, found ${JSON.stringify(value)}`);
  }
  return value as Record<string, unknown>;
}
