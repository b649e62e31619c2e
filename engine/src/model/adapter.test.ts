import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import {
  type Adapter,
  type AdapterFiles,
  adapterScale,
  loadAdapter,
  parseAdapter,
  servingFactors,
  writeAdapter,
} from "./adapter.js";
import type { Architecture } from "./architecture.js";
import { parseArchitecture } from "./parseArchitecture.js";
import { readSafetensors } from "./safetensors.js";
import { FAMILIES, type Family, fixtureConfig, fixtureDir } from "./testing/fixtures.js";

function architectureOf(family: Family, change: object = {}): Architecture {
  return parseArchitecture({ ...fixtureConfig(family), ...change });
}

function filesOf(family: Family, change: object = {}): AdapterFiles {
  const dir = join(fixtureDir(family), "adapter");
  const config = JSON.parse(readFileSync(join(dir, "adapter_config.json"), "utf8")) as object;
  const weights = readFileSync(join(dir, "adapter_model.safetensors"));
  return { config: JSON.stringify({ ...config, ...change }), weights };
}

describe.each(FAMILIES)("the adapter of %s", (family) => {
  const architecture = architectureOf(family);

  test("is written with the tensors that it was read from, bit for bit", async () => {
    const { weights } = filesOf(family);
    const adapter = await loadAdapter(join(fixtureDir(family), "adapter"), architecture);

    const written = writeAdapter(adapter, architecture);

    expect(readSafetensors(written.weights, "f")).toEqual(readSafetensors(weights, "f"));
    expect(parseAdapter(written, architecture)).toEqual(adapter);
    const { target_modules, fan_in_fan_out } = JSON.parse(written.config);
    const original = JSON.parse(filesOf(family).config);
    expect([...target_modules].sort()).toEqual([...original.target_modules].sort());
    expect(fan_in_fan_out).toBe(original.fan_in_fan_out);
  });

  test("has alpha over r inside b when it is served", () => {
    const adapter = parseAdapter(filesOf(family), architecture);
    const served = servingFactors(adapter);

    const [a, b] = ["lora.1.down.a", "lora.1.down.b"] as const;
    expect(served.get(a)).toEqual(adapter.factors.get(a));
    expect(served.get(b)![5]).toBe(adapter.factors.get(b)![5]! * 2);
  });

  test("is refused by a base of more layers, of fewer, and of other sizes, naming tensor and shapes", () => {
    const layers = family === "gpt2" ? "n_layer" : "num_hidden_layers";
    const types = { layer_types: null };
    const parse = (change: object) => () =>
      parseAdapter(filesOf(family), architectureOf(family, { ...types, ...change }));

    expect(parse({ [layers]: 3 })).toThrow(/\.2\..*lora_A\.weight must be \[4, 64\], found none/);
    expect(parse({ [layers]: 1 })).toThrow(/\.1\..*lora_A\.weight has no place/);
    const wide = family === "gpt2" ? { n_embd: 128 } : { hidden_size: 128 };
    expect(parse(wide)).toThrow(/lora_A\.weight must be \[4, 128\], found \[4, 64\]/);
    expect(parse(wide)).toThrow(expect.objectContaining({ code: "weights_mismatch" }));
  });
});

test("q, k and v of GPT-2 have one A, and may not be written with several", () => {
  const architecture = architectureOf("gpt2");
  const adapter = parseAdapter(filesOf("gpt2"), architecture);

  expect(adapter.factors.get("lora.0.k.a")).toBe(adapter.factors.get("lora.0.q.a"));
  expect(adapter.factors.get("lora.0.v.a")).toBe(adapter.factors.get("lora.0.q.a"));
  const changed = new Map(adapter.factors).set("lora.0.v.a", new Float32Array(4 * 64));
  const write = () => writeAdapter({ ...adapter, factors: changed }, architecture);
  expect(write).toThrow(/transformer\.h\.0\.attn\.c_attn has one A, that of v differs/);
});

test("a rank-stabilised adapter is scaled by the root of its rank, and written so", () => {
  const architecture = architectureOf("qwen3");
  const adapter = parseAdapter(filesOf("qwen3", { use_rslora: true }), architecture);

  expect(adapterScale(adapter)).toBe(8 / Math.sqrt(4));
  expect(JSON.parse(writeAdapter(adapter, architecture).config).use_rslora).toBe(true);
});

describe("targets", () => {
  const projectionsOf = (family: Family, targets: unknown): Adapter["projections"] => {
    // The fixture adapts everything: only what is asked for is kept, so that the rest has no place.
    try {
      return parseAdapter(filesOf(family, { target_modules: targets }), architectureOf(family)).projections;
    } catch (error) {
      return [String(error)] as never;
    }
  };

  test.each<[Family, unknown]>([
    ["gpt2", ["c_attn", "c_proj", "c_fc"]],
    ["gpt2", ["attn.c_attn", "attn.c_proj", "mlp.c_proj", "mlp.c_fc"]],
    ["gpt2", "all-linear"],
  ])("of %s may be %j", (family, targets) => {
    expect(projectionsOf(family, targets)).toEqual(["q", "k", "v", "o", "up", "down"]);
  });

  test("that name one of two modules of a name adapt that one alone, and are written so", () => {
    const architecture = architectureOf("gpt2");
    const all = parseAdapter(filesOf("gpt2"), architecture);

    const written = writeAdapter({ ...all, projections: ["down"] }, architecture);

    expect(JSON.parse(written.config).target_modules).toEqual(["mlp.c_proj"]);
    const read = parseAdapter(written, architecture);
    expect(read.projections).toEqual(["down"]);
    expect([...read.factors.keys()]).toEqual(["lora.0.down.a", "lora.0.down.b", "lora.1.down.a", "lora.1.down.b"]);
  });
});

test.each([null, false, "", [], {}].map((value) => [value]))("a field that is %j is off", (value) => {
  const architecture = architectureOf("llama");
  const plain = parseAdapter(filesOf("llama"), architecture);

  expect(parseAdapter(filesOf("llama", { something_new: value, use_dora: value }), architecture)).toEqual(plain);
});

describe("an adapter that is not plain LoRA is refused by what it asks for", () => {
  test.each<[Family, object, RegExp]>([
    ["llama", { peft_type: "IA3" }, /peft_type is "IA3"/],
    ["llama", { task_type: "SEQ_CLS" }, /task_type is "SEQ_CLS"/],
    ["llama", { use_dora: true }, /use_dora is true/],
    ["llama", { use_qalora: true }, /use_qalora is true/],
    ["llama", { lora_bias: true }, /lora_bias is true/],
    ["llama", { bias: "all" }, /bias is "all"/],
    ["llama", { fan_in_fan_out: true }, /fan_in_fan_out is true/],
    ["llama", { modules_to_save: ["lm_head"] }, /modules_to_save is \["lm_head"\]/],
    ["llama", { rank_pattern: { q_proj: 8 } }, /rank_pattern is/],
    ["llama", { alpha_pattern: { q_proj: 8 } }, /alpha_pattern is/],
    ["llama", { layers_to_transform: [0] }, /layers_to_transform is \[0\]/],
    ["llama", { layers_to_transform: 0 }, /layers_to_transform is 0/],
    ["llama", { layers_pattern: "layers" }, /layers_pattern is/],
    ["llama", { layer_replication: [[0, 2]] }, /layer_replication is/],
    ["llama", { exclude_modules: ["q_proj"] }, /exclude_modules is/],
    ["llama", { trainable_token_indices: [1] }, /trainable_token_indices is/],
    ["llama", { target_parameters: ["w"] }, /target_parameters is/],
    ["llama", { init_lora_weights: "pissa" }, /init_lora_weights is "pissa"/],
    ["llama", { something_new: 3 }, /something_new is 3/],
    ["llama", { r: 0 }, /r is 0/],
    ["llama", { r: 513 }, /r is 513/],
    ["llama", { lora_alpha: -1 }, /lora_alpha is -1/],
    ["llama", { target_modules: ".*_proj" }, /target_modules is "\.\*_proj".*patterns are not read/],
    ["llama", { target_modules: [] }, /target_modules is empty/],
    ["llama", { target_modules: ["q_proj", "embed_tokens"] }, /target_modules is .* embed_tokens is none of q_proj/],
    ["llama", { target_modules: ["lm_head"] }, /lm_head is none of/],
    ["llama", { target_modules: ["c_attn"] }, /c_attn is none of/],
    ["llama", { target_modules: ["layers.0.self_attn.q_proj"] }, /layers\.0\.self_attn\.q_proj is none of/],
    ["gpt2", { target_modules: ["q_proj"] }, /q_proj is none of c_attn, c_proj, c_fc/],
  ])("%s: %j", (family, change, message) => {
    const parse = () => parseAdapter(filesOf(family, change), architectureOf(family));

    expect(parse).toThrow(message);
    expect(parse).toThrow(expect.objectContaining({ code: "adapter_unsupported" }));
  });

  test.each(["something_new", "target_modules", "r"])("a hostile %s is shown in a bounded message", (name) => {
    const { config, weights } = filesOf("llama", { [name]: "PLACE" });
    for (const value of [`${"[".repeat(300_000)}${"]".repeat(300_000)}`, `["${"x".repeat(1e6)}"]`, '{"toString":1}']) {
      const parse = () => parseAdapter({ config: config.replace('"PLACE"', value), weights }, architectureOf("llama"));
      expect(parse).toThrow(expect.objectContaining({ code: "adapter_unsupported" }));
      expect(parse).toThrow(/^.{1,400}$/);
    }
  });

  test.each([["{"], ["[]"], ["null"]])("a configuration %s", (config) => {
    const parse = () => parseAdapter({ ...filesOf("llama"), config }, architectureOf("llama"));
    expect(parse).toThrow(expect.objectContaining({ code: "adapter_unsupported" }));
  });
});

describe("weights that do not fit the configuration are refused", () => {
  test.each<[object, RegExp]>([
    [{ r: 8 }, /must be \[8, 64\], found \[4, 64\]/],
    [{ target_modules: ["q_proj"] }, /28 tensors where the base and the targets ask for 4; .* has no place/],
  ])("%j", (change, message) => {
    const parse = () => parseAdapter(filesOf("llama", change), architectureOf("llama"));

    expect(parse).toThrow(message);
    expect(parse).toThrow(expect.objectContaining({ code: "weights_mismatch" }));
  });

  test("a file that is cut short", () => {
    const { config, weights } = filesOf("llama");
    const parse = () => parseAdapter({ config, weights: weights.subarray(0, 2000) }, architectureOf("llama"));
    expect(parse).toThrow(expect.objectContaining({ code: "weights_malformed" }));
  });

  test("a folder without one", async () => {
    await expect(loadAdapter("/nonexistent", architectureOf("llama"))).rejects.toMatchObject({
      code: "file_unreadable",
    });
  });
});
