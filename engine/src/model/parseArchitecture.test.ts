import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { endsAnswer } from "./architecture.js";
import { architectureConfig } from "./architectureConfig.js";
import { ModelError } from "./errors.js";
import { HARMLESS_FIELDS } from "./harmlessFields.js";
import { parseArchitecture } from "./parseArchitecture.js";
import { FAMILIES, type Family, fixtureConfig } from "./testing/fixtures.js";

function parse(family: Family, change: object = {}) {
  return parseArchitecture({ ...fixtureConfig(family), ...change });
}

function without(family: Family, ...names: string[]): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fixtureConfig(family)).filter(([name]) => !names.includes(name)));
}

const ROTARY = { kind: "rotary", theta: 10_000, scaling: { kind: "default" } };
const SIZES = { vocabulary: 512, hidden: 64, layers: 2, heads: 4, maxPositions: 512, endToken: 0 };
const GATED = {
  ...SIZES,
  kvHeads: 2,
  feedForward: 160,
  norm: "rms",
  normEpsilon: 1e-6,
  mlp: "gated",
  activation: "silu",
};
const NO_BIASES = { qkv: false, o: false, mlp: false };

describe("the fixtures' configurations", () => {
  test.each<[Family, object]>([
    [
      "llama",
      {
        ...GATED,
        headDim: 16,
        positions: ROTARY,
        biases: NO_BIASES,
        qkNorm: false,
        windows: [null, null],
        head: "separate",
      },
    ],
    [
      "mistral",
      {
        ...GATED,
        headDim: 16,
        positions: ROTARY,
        biases: NO_BIASES,
        qkNorm: false,
        windows: [16, 16],
        head: "separate",
      },
    ],
    [
      "qwen2",
      {
        ...GATED,
        headDim: 16,
        positions: { ...ROTARY, theta: 1_000_000 },
        biases: { qkv: true, o: false, mlp: false },
        qkNorm: false,
        windows: [null, null],
        head: "tied",
      },
    ],
    [
      "qwen3",
      {
        ...GATED,
        headDim: 32,
        positions: ROTARY,
        biases: NO_BIASES,
        qkNorm: true,
        windows: [null, null],
        head: "tied",
      },
    ],
    [
      "gpt2",
      {
        ...SIZES,
        kvHeads: 4,
        headDim: 16,
        feedForward: 256,
        norm: "layer",
        normEpsilon: 1e-5,
        positions: { kind: "learned" },
        mlp: "plain",
        activation: "gelu_tanh",
        biases: { qkv: true, o: true, mlp: true },
        qkNorm: false,
        windows: [null, null],
        head: "tied",
      },
    ],
  ])("of %s", (family, wanted) => {
    expect(parse(family)).toEqual({ family, ...wanted });
  });

  test.each(FAMILIES)("of %s are the same after writing and reading", (family) => {
    const architecture = parse(family);
    expect(parseArchitecture(architectureConfig(architecture))).toEqual(architecture);
  });
});

describe("fields that are absent", () => {
  test("stand for what transformers takes", () => {
    expect(parseArchitecture(without("mistral", "sliding_window")).windows).toEqual([4096, 4096]);
    expect(parseArchitecture({ ...without("mistral", "num_key_value_heads"), num_attention_heads: 16 }).kvHeads).toBe(
      8,
    );
    expect(parseArchitecture(without("llama", "num_key_value_heads")).kvHeads).toBe(4);
    expect(parseArchitecture(without("qwen3", "head_dim")).headDim).toBe(128);
    expect(parseArchitecture(without("llama", "head_dim")).headDim).toBe(16);
    expect(parseArchitecture(without("llama", "tie_word_embeddings")).head).toBe("separate");
    expect(parseArchitecture(without("gpt2", "tie_word_embeddings")).head).toBe("tied");
    expect(parseArchitecture(without("llama", "rope_parameters")).positions).toEqual(ROTARY);
    expect(parseArchitecture(without("llama", "eos_token_id")).endToken).toBe(2);
  });

  test.each(["hidden_size", "num_hidden_layers", "vocab_size", "intermediate_size"])(
    "as a size are refused: %s",
    (name) => {
      expect(() => parseArchitecture(without("qwen2", name))).toThrow(new RegExp(`${name} must be .*, found none`));
    },
  );
});

describe("tokens that end an answer", () => {
  test("may be several", () => {
    const architecture = parse("llama", { eos_token_id: [7, 9] });

    expect([6, 7, 8, 9].filter((token) => endsAnswer(architecture, token))).toEqual([7, 9]);
    expect(parseArchitecture(architectureConfig(architecture))).toEqual(architecture);
  });

  test("are the begin token, else token 0, where the model names none", () => {
    expect(parse("qwen2", { eos_token_id: null, bos_token_id: 5 }).endToken).toBe(5);
    expect(parse("qwen2", { eos_token_id: null, bos_token_id: null }).endToken).toBe(0);
  });
});

describe("rotary positions", () => {
  const llama3 = {
    factor: 8,
    low_freq_factor: 1,
    high_freq_factor: 4,
    original_max_position_embeddings: 128,
  };
  const scaling = { kind: "llama3", factor: 8, lowFrequencyFactor: 1, highFrequencyFactor: 4, originalPositions: 128 };

  test.each<[string, object]>([
    ["the new spelling", { rope_parameters: { ...llama3, rope_type: "llama3", rope_theta: 5e5 } }],
    ["the old spelling", { rope_parameters: null, rope_theta: 5e5, rope_scaling: { ...llama3, rope_type: "llama3" } }],
    ["the oldest spelling", { rope_parameters: null, rope_theta: 5e5, rope_scaling: { ...llama3, type: "llama3" } }],
    [
      "both spellings, agreeing",
      {
        rope_parameters: { ...llama3, rope_type: "llama3", rope_theta: 5e5 },
        rope_theta: 5e5,
        rope_scaling: { ...llama3, rope_type: "llama3" },
      },
    ],
  ])("are read in %s", (_name, change) => {
    const architecture = parse("llama", change);

    expect(architecture.positions).toEqual({ kind: "rotary", theta: 5e5, scaling });
    expect(parseArchitecture(architectureConfig(architecture))).toEqual(architecture);
  });

  test("may be interpolated", () => {
    const architecture = parse("mistral", { rope_parameters: { rope_type: "linear", factor: 4, rope_theta: 1e4 } });

    expect(architecture.positions).toEqual({ ...ROTARY, scaling: { kind: "linear", factor: 4 } });
    expect(parseArchitecture(architectureConfig(architecture))).toEqual(architecture);
  });
});

describe("windows", () => {
  test.each<[object, (number | null)[]]>([
    [{ use_sliding_window: true, sliding_window: 8, max_window_layers: 1, layer_types: null }, [null, 8]],
    [{ use_sliding_window: true, sliding_window: 8, max_window_layers: 0, layer_types: null }, [8, 8]],
    [{ use_sliding_window: false, sliding_window: 8, max_window_layers: 0, layer_types: null }, [null, null]],
    [{ use_sliding_window: true, sliding_window: 8, layer_types: ["sliding_attention", "full_attention"] }, [8, null]],
  ])("of a Qwen layer follow %j", (change, windows) => {
    const architecture = parse("qwen3", change);

    expect(architecture.windows).toEqual(windows);
    expect(parseArchitecture(architectureConfig(architecture))).toEqual(architecture);
  });
});

describe("a configuration that is refused", () => {
  test.each<[Family, object, RegExp]>([
    ["llama", { model_type: "gemma" }, /model_type must be "llama" or .*, found "gemma"/],
    ["llama", { architectures: ["LlamaForSequenceClassification"] }, /architectures must be LlamaForCausalLM or/],
    ["llama", { hidden_size: -1 }, /hidden_size must be a positive integer, found -1/],
    ["llama", { hidden_size: 2 ** 25 }, /hidden_size must be/],
    ["llama", { num_hidden_layers: 1025 }, /num_hidden_layers must be/],
    ["llama", { num_key_value_heads: 3 }, /num_key_value_heads must be a divisor of 4, found 3/],
    ["llama", { head_dim: 15 }, /head_dim must be even, found 15/],
    ["llama", { hidden_act: "gelu" }, /hidden_act must be "silu" or .*, found "gelu"/],
    ["llama", { rms_norm_eps: 0 }, /rms_norm_eps must be a positive number/],
    ["llama", { attention_bias: "yes" }, /attention_bias must be true or false, found "yes"/],
    ["llama", { eos_token_id: 512 }, /eos_token_id must be a token below 512/],
    ["llama", { eos_token_id: [1, 600] }, /eos_token_id must be/],
    ["llama", { rope_parameters: { rope_type: "yarn", factor: 4 } }, /rope_parameters\.rope_type must be .*"yarn"/],
    ["llama", { rope_scaling: { type: "dynamic", factor: 2 } }, /rope_scaling\.type must be .*"dynamic"/],
    [
      "llama",
      { rope_parameters: { rope_type: "linear" } },
      /rope_parameters\.factor must be a number of at least 1, found none/,
    ],
    [
      "llama",
      { rope_parameters: { rope_type: "linear", factor: 2, beta_fast: 32 } },
      /rope_parameters\.beta_fast is 32/,
    ],
    ["llama", { rope_parameters: { full_attention: { rope_type: "default" } } }, /rope_parameters\.full_attention is/],
    [
      "llama",
      { rope_parameters: { rope_type: "linear", factor: 1e-308 } },
      /rope_parameters\.factor must be a number of at least 1, found 1e-308/,
    ],
    ["llama", { rope_parameters: { rope_type: "linear", factor: 0.99 } }, /factor must be a number of at least 1/],
    [
      "llama",
      {
        rope_parameters: {
          rope_type: "llama3",
          factor: 1e-308,
          low_freq_factor: 1,
          high_freq_factor: 4,
          original_max_position_embeddings: 128,
        },
      },
      /factor must be a number of at least 1/,
    ],
    ["llama", { rope_parameters: { rope_theta: 1e-308 } }, /rope_theta must be a number of at least 1/],
    ["llama", { vocab_size: 2 ** 18 + 1 }, /vocab_size must be a positive integer of at most 262144, found 262145/],
    ["llama", { rope_theta: 500 }, /rope_theta must be 10000, as rope_parameters says, found 500/],
    ["llama", { rope_scaling: { rope_type: "linear", factor: 2 } }, /rope_scaling must be what rope_parameters says/],
    ["llama", { partial_rotary_factor: 0.5 }, /partial_rotary_factor must be 1, found 0.5/],
    ["llama", { rope_interleaved: true }, /rope_interleaved must be false, found true/],
    ["llama", { sliding_window: 128 }, /sliding_window is 128, which is not understood/],
    ["llama", { quantization_config: { bits: 4 } }, /quantization_config is an object/],
    ["llama", { auto_map: { AutoModel: "modeling.Other" } }, /auto_map is/],
    ["llama", { num_local_experts: 8 }, /num_local_experts is 8/],
    ["llama", { final_logit_softcapping: 30 }, /final_logit_softcapping is 30/],
    ["llama", { is_encoder_decoder: true }, /is_encoder_decoder must be false/],
    ["mistral", { layer_types: ["full_attention", "full_attention"] }, /layer_types must be what sliding_window says/],
    ["mistral", { sliding_window: 0 }, /sliding_window must be a positive integer, found 0/],
    ["mistral", { attention_bias: true }, /attention_bias is true, which is not understood/],
    [
      "qwen2",
      { layer_types: ["sliding_attention", "full_attention"] },
      /layer_types must be full_attention everywhere/,
    ],
    ["qwen2", { layer_types: ["full_attention"] }, /layer_types must be 2 of/],
    ["qwen3", { layer_types: ["linear_attention", "full_attention"] }, /layer_types must be 2 of/],
    ["gpt2", { n_head: 5 }, /n_head must be a divisor of n_embd, 64, found 5/],
    ["gpt2", { n_ctx: 256 }, /n_ctx must be 512, found 256/],
    ["gpt2", { scale_attn_weights: false }, /scale_attn_weights must be true, found false/],
    ["gpt2", { scale_attn_by_inverse_layer_idx: true }, /scale_attn_by_inverse_layer_idx is true/],
    ["gpt2", { add_cross_attention: true }, /add_cross_attention is true/],
    ["gpt2", { pruned_heads: { 0: [1] } }, /pruned_heads is/],
    ["gpt2", { activation_function: "relu" }, /activation_function must be/],
  ])("%s with %j", (family, change, message) => {
    const read = () => parse(family, change);

    expect(read).toThrow(expect.objectContaining({ code: "config_unsupported" }));
    expect(read).toThrow(message);
  });

  test("is shown in a message of bounded length, whatever it holds", () => {
    const deep = JSON.parse(`${"[".repeat(300_000)}${"]".repeat(300_000)}`);
    const hostile = { toString: 1, valueOf: 1, toJSON: 1 };
    for (const value of [deep, hostile, "x".repeat(1e6), Array.from({ length: 1e5 }, () => 7)]) {
      for (const change of [{ model_type: value }, { hidden_size: value }, { other: value }]) {
        expect(() => parse("llama", change)).toThrow(ModelError);
        expect(() => parse("llama", change)).toThrow(/^.{1,300}$/);
      }
    }
    expect(() => parse("llama", { ["x".repeat(1e6)]: 1 })).toThrow(/^.{1,300}$/);
  });

  test("is not one with the most tokens that sampling can rank", () => {
    expect(parse("llama", { vocab_size: 2 ** 18 }).vocabulary).toBe(2 ** 18);
  });

  test.each([[null], ["text"], [[1]], [7]])("%j, which is no object", (config) => {
    expect(() => parseArchitecture(config)).toThrow(/must be a JSON object/);
  });
});

test("a field that is not known is refused by its name, unless it is off", () => {
  const names = fc.stringMatching(/^[a-z_]{3,20}$/).filter((name) => !HARMLESS_FIELDS.has(name));
  fc.assert(
    fc.property(fc.constantFrom(...FAMILIES), names, fc.jsonValue(), (family, name, value) => {
      const config = fixtureConfig(family);
      fc.pre(!(name in config) && !KNOWN.has(name));
      const off = value === null || value === false || value === "" || JSON.stringify(value).length === 2;
      const read = () => parseArchitecture({ ...config, [name]: value });
      if (off && typeof value !== "number") expect(read()).toEqual(parse(family));
      else expect(read).toThrow(new RegExp(`config\\.json: ${name} is`));
    }),
  );
});

test("nothing but a ModelError comes of any value of any field", () => {
  const changes = fc.record({ family: fc.constantFrom(...FAMILIES), at: fc.nat(), value: fc.jsonValue() });
  fc.assert(
    fc.property(changes, ({ family, at, value }) => {
      const config = fixtureConfig(family);
      const names = Object.keys(config);
      try {
        parseArchitecture({ ...config, [names[at % names.length]!]: value });
      } catch (error) {
        expect(error).toBeInstanceOf(ModelError);
      }
    }),
  );
});

/** Fields that are understood though no fixture has them. */
const KNOWN = new Set([
  "rope_theta",
  "rope_scaling",
  "n_ctx",
  "partial_rotary_factor",
  "layer_types",
  "rope_interleaved",
]);
