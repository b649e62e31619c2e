/** The fields of a `config.json` that the random models of tests are made by, under Hugging Face's names. */
export interface RotaryConfig {
  readonly model_type: "llama" | "mistral" | "qwen2" | "qwen3";
  readonly vocab_size: number;
  readonly hidden_size: number;
  readonly intermediate_size: number;
  readonly num_hidden_layers: number;
  readonly num_attention_heads: number;
  readonly num_key_value_heads: number | null;
  readonly head_dim?: number;
  readonly max_position_embeddings: number;
  readonly rms_norm_eps: number;
  readonly rope_theta?: number;
  readonly rope_scaling?: Readonly<Record<string, unknown>>;
  readonly rope_parameters?: Readonly<Record<string, unknown>>;
  readonly hidden_act?: string;
  readonly attention_bias?: boolean;
  readonly mlp_bias?: boolean;
  readonly sliding_window?: number | null;
  readonly use_sliding_window?: boolean;
  readonly max_window_layers?: number;
  readonly layer_types?: readonly string[];
  readonly tie_word_embeddings: boolean;
  readonly eos_token_id?: number | readonly number[];
}

export interface Gpt2Config {
  readonly model_type: "gpt2";
  readonly vocab_size: number;
  readonly n_embd: number;
  readonly n_head: number;
  readonly n_layer: number;
  readonly n_positions: number;
  readonly n_inner?: number | null;
  readonly layer_norm_epsilon: number;
  readonly activation_function?: string;
  readonly tie_word_embeddings?: boolean;
  readonly eos_token_id?: number;
}

export type HuggingFaceConfig = RotaryConfig | Gpt2Config;

export function kvHeadsOf(config: RotaryConfig): number {
  return config.num_key_value_heads ?? config.num_attention_heads;
}

export function headDimOf(config: RotaryConfig): number {
  return config.head_dim ?? config.hidden_size / config.num_attention_heads;
}
