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
  /** The token that stands before a text and ends an answer. */
  readonly endToken: number;
  /** Further tokens that end an answer, where `eos_token_id` is a list. */
  readonly otherEndTokens?: readonly number[];
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

/** Whether a drawn token ends an answer. */
export function endsAnswer(architecture: Architecture, token: number): boolean {
  return token === architecture.endToken || architecture.otherEndTokens?.includes(token) === true;
}
