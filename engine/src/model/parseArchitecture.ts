/**
 * Reads the `config.json` of the five families. What a field that is absent stands for is what transformers' class of
 * the family takes for it; sizes are always asked for.
 */
import type { Architecture } from "./architecture.js";
import { ConfigFields } from "./ConfigFields.js";
import { HARMLESS_FIELDS } from "./harmlessFields.js";
import { readRotary } from "./rotaryConfig.js";

type Family = Architecture["family"];
type RotaryFamily = Exclude<Family, "gpt2">;

const FAMILIES = ["llama", "mistral", "qwen2", "qwen3", "gpt2"] as const;
const MOST_LAYERS = 1024;
/** Tokens that sampling can rank, `checkSamplingRule`: a larger vocabulary would open and then answer nothing. */
const MOST_TOKENS = 2 ** 18;

/** Names of the model with a head for language, and of the one without, in `architectures`. */
const CLASSES: Readonly<Record<Family, readonly string[]>> = {
  llama: ["LlamaForCausalLM", "LlamaModel"],
  mistral: ["MistralForCausalLM", "MistralModel"],
  qwen2: ["Qwen2ForCausalLM", "Qwen2Model"],
  qwen3: ["Qwen3ForCausalLM", "Qwen3Model"],
  gpt2: ["GPT2LMHeadModel", "GPT2Model"],
};

const ABSENT_END_TOKEN: Readonly<Partial<Record<Family, number>>> = { llama: 2, mistral: 2, gpt2: 50_256 };

const ACTIVATIONS = {
  silu: "silu",
  swish: "silu",
  gelu_new: "gelu_tanh",
  gelu_pytorch_tanh: "gelu_tanh",
} as const;
const ACTIVATION_NAMES = Object.keys(ACTIVATIONS) as (keyof typeof ACTIVATIONS)[];

/**
 * Reads a Hugging Face `config.json` of a Llama, Mistral, Qwen2, Qwen3 or GPT-2 model.
 *
 * Every field is either understood, or one of `HARMLESS_FIELDS`, or off (null, false, empty), or refused by name.
 *
 * @throws ModelError `config_unsupported` when a field is missing, out of range or not understood
 */
export function parseArchitecture(config: unknown): Architecture {
  const fields = ConfigFields.of(config, "config.json");
  const family = fields.choice("model_type", FAMILIES);
  checkClasses(fields, family);
  fields.only("is_encoder_decoder", false);
  const architecture = family === "gpt2" ? readGpt2(fields) : readRotaryFamily(fields, family);
  fields.finish(HARMLESS_FIELDS);
  return architecture;
}

function readRotaryFamily(fields: ConfigFields, family: RotaryFamily): Architecture {
  const hidden = fields.count("hidden_size");
  const heads = fields.count("num_attention_heads");
  const absentKvHeads = { llama: heads, mistral: 8, qwen2: 32, qwen3: 32 }[family];
  const kvHeads = fields.count("num_key_value_heads", { absent: absentKvHeads, null: heads });
  if (heads % kvHeads !== 0) throw fields.refuse("num_key_value_heads", `a divisor of ${heads}`);
  const headDim = fields.count("head_dim", { absent: family === "qwen3" ? 128 : hidden / heads, null: hidden / heads });
  if (headDim % 2 !== 0) throw fields.refuse("head_dim", "even");
  const layers = fields.count("num_hidden_layers", { most: MOST_LAYERS });
  return {
    family,
    ...readEndTokens(fields, family),
    hidden,
    layers,
    heads,
    kvHeads,
    headDim,
    feedForward: fields.count("intermediate_size"),
    maxPositions: fields.count("max_position_embeddings"),
    norm: "rms",
    normEpsilon: fields.positive("rms_norm_eps", 1e-6),
    positions: readRotary(fields),
    mlp: "gated",
    activation: ACTIVATIONS[fields.choice("hidden_act", ACTIVATION_NAMES, "silu")],
    biases: readBiases(fields, family),
    qkNorm: family === "qwen3",
    windows: readWindows(fields, family, layers),
    head: fields.flag("tie_word_embeddings", false) ? "tied" : "separate",
  };
}

function readGpt2(fields: ConfigFields): Architecture {
  const hidden = fields.count("n_embd");
  const heads = fields.count("n_head");
  if (hidden % heads !== 0) throw fields.refuse("n_head", `a divisor of n_embd, ${hidden}`);
  const layers = fields.count("n_layer", { most: MOST_LAYERS });
  const maxPositions = fields.count("n_positions");
  fields.only("n_ctx", maxPositions);
  fields.only("scale_attn_weights", true);
  return {
    family: "gpt2",
    ...readEndTokens(fields, "gpt2"),
    hidden,
    layers,
    heads,
    kvHeads: heads,
    headDim: hidden / heads,
    feedForward: fields.count("n_inner", { absent: 4 * hidden, null: 4 * hidden }),
    maxPositions,
    norm: "layer",
    normEpsilon: fields.positive("layer_norm_epsilon", 1e-5),
    positions: { kind: "learned" },
    mlp: "plain",
    activation: ACTIVATIONS[fields.choice("activation_function", ACTIVATION_NAMES, "gelu_new")],
    biases: { qkv: true, o: true, mlp: true },
    qkNorm: false,
    windows: Array.from({ length: layers }, () => null),
    head: fields.flag("tie_word_embeddings", true) ? "tied" : "separate",
  };
}

function checkClasses(fields: ConfigFields, family: Family): void {
  const classes = fields.read("architectures") ?? [];
  const known = CLASSES[family];
  if (!Array.isArray(classes) || !classes.every((name) => known.includes(name))) {
    throw fields.refuse("architectures", `${known.join(" or ")}`);
  }
}

function readBiases(fields: ConfigFields, family: RotaryFamily): Architecture["biases"] {
  switch (family) {
    case "llama": {
      const attention = fields.flag("attention_bias", false);
      return { qkv: attention, o: attention, mlp: fields.flag("mlp_bias", false) };
    }
    case "mistral":
      return { qkv: false, o: false, mlp: false };
    case "qwen2":
      return { qkv: true, o: false, mlp: false };
    case "qwen3": {
      const attention = fields.flag("attention_bias", false);
      return { qkv: attention, o: attention, mlp: false };
    }
  }
}

/** The window of each layer: `layer_types` decides where a family reads it, else its rule of numbers. */
function readWindows(fields: ConfigFields, family: RotaryFamily, layers: number): (number | null)[] {
  const all = (window: number | null): (number | null)[] => Array.from({ length: layers }, () => window);
  const types = readLayerTypes(fields, layers);
  const expectTypes = (windows: (number | null)[]): (number | null)[] => {
    const disagrees = types?.some((type, layer) => (type === "sliding_attention") !== (windows[layer] !== null));
    if (disagrees) throw fields.refuse("layer_types", `what sliding_window says of a ${family} model`);
    return windows;
  };
  if (family === "llama") return expectTypes(all(null));
  const window = fields.read("sliding_window") === null ? null : fields.count("sliding_window", { absent: 4096 });
  if (family === "mistral") return expectTypes(all(window));

  const used = fields.flag("use_sliding_window", false) ? window : null;
  const first = fields.count("max_window_layers", { absent: 28, least: 0 });
  if (types === undefined) return all(used).map((entry, layer) => (layer >= first ? entry : null));
  if (used === null && types.includes("sliding_attention")) {
    throw fields.refuse("layer_types", "full_attention everywhere, since no sliding window is in use");
  }
  return types.map((type) => (type === "sliding_attention" ? used : null));
}

function readLayerTypes(fields: ConfigFields, layers: number) {
  const types = fields.read("layer_types") ?? undefined;
  if (types === undefined) return undefined;
  const known = ["full_attention", "sliding_attention"];
  if (!Array.isArray(types) || types.length !== layers || !types.every((type) => known.includes(type))) {
    throw fields.refuse("layer_types", `${layers} of ${known.join(" or ")}`);
  }
  return types as ("full_attention" | "sliding_attention")[];
}

/** A text begins with the first end token; where a model names none, with its begin token, its padding or token 0. */
function readEndTokens(
  fields: ConfigFields,
  family: Family,
): Pick<Architecture, "vocabulary" | "endToken" | "otherEndTokens"> {
  const vocabulary = fields.count("vocab_size", { most: MOST_TOKENS });
  const isToken = (value: unknown): value is number =>
    typeof value === "number" && Number.isInteger(value) && value >= 0 && value < vocabulary;
  const eos = fields.read("eos_token_id") ?? undefined;
  const rest = [fields.read("bos_token_id"), fields.read("pad_token_id"), 0];
  if (eos === undefined) {
    const absent = fields.has("eos_token_id") ? undefined : ABSENT_END_TOKEN[family];
    return { vocabulary, endToken: [absent, ...rest].find(isToken)! };
  }
  const tokens = Array.isArray(eos) ? eos : [eos];
  const [endToken, ...others] = tokens;
  if (!isToken(endToken) || !others.every(isToken)) {
    throw fields.refuse("eos_token_id", `a token below ${vocabulary}, or several`);
  }
  return { vocabulary, endToken, ...(others.length === 0 ? {} : { otherEndTokens: others }) };
}
