import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { loadAdapter, parseAdapter, servingFactors, writeAdapter } from "./adapter.js";
import { architectureConfig, parseArchitecture } from "./architecture.js";
import { loadArchitecture, loadModel } from "./model-folder.js";
import { Tokenizer } from "./tokenizer.js";

const FIXTURE = fileURLToPath(new URL("../../fixtures/llama/", import.meta.url));

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "model-folder-"));
  cpSync(FIXTURE, dir, { recursive: true });
});
afterEach(() => rmSync(dir, { recursive: true }));

describe("a model folder", () => {
  test("whose weights are not those of its manifest names the file and both hashes", async () => {
    const expected = `0x${"ab".repeat(32)}`;
    writeFileSync(join(dir, "manifest.json"), JSON.stringify({ weights: { hash: expected } }));

    await expect(loadModel(dir)).rejects.toMatchObject({
      code: "hash_mismatch",
      message: expect.stringMatching(new RegExp(`model\\.safetensors: .*${expected}, found 0x[0-9a-f]{64}`)),
    });
  });

  test("whose configuration asks for another shape names the tensor and both shapes", async () => {
    const config = JSON.parse(readFileSync(join(dir, "config.json"), "utf8")) as Record<string, unknown>;
    writeFileSync(join(dir, "config.json"), JSON.stringify({ ...config, intermediate_size: 128 }));

    await expect(loadModel(dir)).rejects.toMatchObject({
      code: "weights_mismatch",
      message: expect.stringMatching(/gate_proj\.weight is \[160, 64\], config\.json asks for \[128, 64\]/),
    });
  });

  test.each([
    [{ model_type: "gpt2" }, /model_type must be "llama", found "gpt2"/],
    [{ hidden_size: -1 }, /hidden_size must be a positive integer, found -1/],
    [{ num_key_value_heads: 3 }, /divisor of 4, found 3/],
    [{ rope_parameters: { rope_type: "yarn" } }, /only unscaled RoPE/],
    [{ attention_bias: true }, /attention_bias must be false/],
  ])("refuses a configuration with %j", async (change, message) => {
    const config = JSON.parse(readFileSync(join(dir, "config.json"), "utf8")) as Record<string, unknown>;
    expect(() => parseArchitecture({ ...config, ...change })).toThrow(message);
  });

  test("describes itself as it was read", async () => {
    const architecture = await loadArchitecture(dir);
    expect(parseArchitecture(architectureConfig(architecture))).toEqual(architecture);
  });
});

describe("an adapter", () => {
  test("is the same after writing and reading", async () => {
    const { architecture } = await loadModel(dir);
    const adapter = await loadAdapter(join(dir, "adapter"), architecture);

    expect(parseAdapter(writeAdapter(adapter, architecture), architecture)).toEqual(adapter);
  });

  test("has alpha over r inside b when it is served", async () => {
    const adapter = await loadAdapter(join(dir, "adapter"), await loadArchitecture(dir));
    const served = servingFactors(adapter);

    const [a, b] = ["lora.1.down.a", "lora.1.down.b"] as const;
    expect(served.get(a)).toEqual(adapter.factors.get(a));
    expect(served.get(b)![5]).toBe(adapter.factors.get(b)![5]! * 2);
  });

  test.each([
    [{ use_dora: true }, "adapter_unsupported", /use_dora is set/],
    [{ target_modules: ["q_proj", "embed_tokens"] }, "adapter_unsupported", /target_modules is/],
    [{ r: 0 }, "adapter_unsupported", /r is 0/],
    [{ r: 8 }, "weights_mismatch", /must be \[8, 64\], found \[4, 64\]/],
    [{ target_modules: ["q_proj"] }, "weights_mismatch", /28 tensors where the base and the targets ask for 4/],
  ])("that does not fit is refused: %j", async (change, code, message) => {
    const architecture = await loadArchitecture(dir);
    const config = JSON.parse(readFileSync(join(dir, "adapter/adapter_config.json"), "utf8")) as object;
    const weights = readFileSync(join(dir, "adapter/adapter_model.safetensors"));

    const parse = () => parseAdapter({ config: JSON.stringify({ ...config, ...change }), weights }, architecture);

    expect(parse).toThrow(message);
    expect(parse).toThrow(expect.objectContaining({ code }));
  });
});

test("a tokenizer that is none is refused with its own error", () => {
  expect(() => Tokenizer.parse("{}")).toThrow(expect.objectContaining({ code: "tokenizer_unsupported" }));
});
