import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { loadModel } from "./model-folder.js";
import { writeSafetensors } from "./safetensors.js";
import { fixtureDir } from "./testing/fixtures.js";
import { randomTensors } from "./testing/randomTensors.js";
import { writeFolder } from "./testing/writeFolder.js";
import { Tokenizer } from "./tokenizer.js";

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "model-folder-"));
  cpSync(fixtureDir("llama"), dir, { recursive: true });
});
afterEach(() => rmSync(dir, { recursive: true }));

function change(file: string, fields: object): void {
  const path = join(dir, file);
  writeFileSync(path, JSON.stringify({ ...(JSON.parse(readFileSync(path, "utf8")) as object), ...fields }));
}

describe("a model folder", () => {
  test("whose weights are not those of its manifest names the file and both hashes", async () => {
    const expected = `0x${"ab".repeat(32)}`;
    writeFileSync(join(dir, "manifest.json"), JSON.stringify({ weights: { hash: expected } }));

    await expect(loadModel(dir)).rejects.toMatchObject({
      code: "hash_mismatch",
      message: expect.stringMatching(new RegExp(`model\\.safetensors: .*${expected}, found 0x[0-9a-f]{64}`)),
    });
  });

  test.each<[string, string, RegExp]>([
    ["is not JSON", "{", /manifest\.json is not JSON/],
    ["is a list", "[]", /manifest\.json: the file must be a JSON object, found \[\]/],
    ["has the hash as weights", `{"weights":"0x${"ab".repeat(32)}"}`, /weights must be an object .*, found "0xabab/],
    ["has no hash", '{"weights":{}}', /weights\.hash must be 0x and 64 hexadecimal digits, found none/],
    ["has a number as hash", '{"weights":{"hash":5}}', /weights\.hash must be .*, found 5; fetch the manifest again/],
    ["has half a hash", `{"weights":{"hash":"0x${"ab".repeat(16)}"}}`, /weights\.hash must be 0x and 64/],
  ])("whose manifest %s is refused", async (_name, manifest, message) => {
    writeFileSync(join(dir, "manifest.json"), manifest);

    await expect(loadModel(dir)).rejects.toMatchObject({
      code: "config_unsupported",
      message: expect.stringMatching(message),
    });
  });

  test("whose manifest cannot be read is refused", async () => {
    mkdirSync(join(dir, "manifest.json"));

    await expect(loadModel(dir)).rejects.toMatchObject({
      code: "file_unreadable",
      message: expect.stringMatching(/manifest\.json cannot be read: EISDIR/),
    });
  });

  test("may have a manifest that says nothing of weights", async () => {
    writeFileSync(join(dir, "manifest.json"), '{"format":"other"}');
    await expect(loadModel(dir)).resolves.toBeDefined();
  });

  test("in shards has no one hash that a manifest could name", async () => {
    const config = { model_type: "gpt2", vocab_size: 600, n_embd: 4, n_head: 1, n_layer: 1, n_positions: 4 };
    const gpt2 = { ...config, model_type: "gpt2", layer_norm_epsilon: 1e-5 } as const;
    rmSync(join(dir, "model.safetensors"));
    writeFolder(dir, gpt2, randomTensors(gpt2, 1), { shards: 2 });
    await expect(loadModel(dir)).resolves.toBeDefined();
    writeFileSync(join(dir, "manifest.json"), JSON.stringify({ weights: { hash: `0x${"ab".repeat(32)}` } }));

    await expect(loadModel(dir)).rejects.toMatchObject({
      code: "hash_mismatch",
      message: expect.stringMatching(/2 shards/),
    });
  });

  test("whose configuration asks for another shape names the tensor and both shapes", async () => {
    change("config.json", { intermediate_size: 128 });

    await expect(loadModel(dir)).rejects.toMatchObject({
      code: "weights_mismatch",
      message: expect.stringMatching(/gate_proj\.weight is \[160, 64\], config\.json asks for \[128, 64\]/),
    });
  });

  test.each<[string, string, string]>([
    ["config.json", "file_unreadable", "config.json cannot be read"],
    ["model.safetensors", "weights_missing", "neither model.safetensors nor"],
  ])("without %s says so", async (file, code, message) => {
    rmSync(join(dir, file));
    await expect(loadModel(dir)).rejects.toMatchObject({ code, message: expect.stringContaining(message) });
  });

  test("whose configuration is not JSON says so", async () => {
    writeFileSync(join(dir, "config.json"), "{");
    await expect(loadModel(dir)).rejects.toMatchObject({ code: "config_unsupported" });
  });

  test("that is refused is left as it was", async () => {
    writeFileSync(join(dir, "model.safetensors"), writeSafetensors(new Map(), "F32"));
    const before = readdirSync(dir, { recursive: true });

    await expect(loadModel(dir)).rejects.toThrow(/no tensor model\.embed_tokens\.weight/);
    expect(readdirSync(dir, { recursive: true })).toEqual(before);
  });
});

describe("a tokenizer", () => {
  const description = () => JSON.parse(readFileSync(join(dir, "tokenizer.json"), "utf8"));

  test("may have fewer tokens than the table has rows", async () => {
    const tokenizer = description();
    tokenizer.model.vocab = Object.fromEntries(
      Object.entries<number>(tokenizer.model.vocab).filter(([, token]) => token < 500),
    );
    tokenizer.model.merges = [];
    writeFileSync(join(dir, "tokenizer.json"), JSON.stringify(tokenizer));

    await expect(loadModel(dir)).resolves.toBeDefined();
    expect((await Tokenizer.load(dir)).vocabulary).toBe(500);
  });

  test.each<[string, (tokenizer: ReturnType<typeof description>) => void]>([
    ["its vocabulary", (tokenizer) => Object.assign(tokenizer.model.vocab, { zzz: 512 })],
    [
      "its added tokens",
      (tokenizer) => tokenizer.added_tokens.push({ ...tokenizer.added_tokens[0], id: 512, content: "<x>" }),
    ],
  ])("with a token beyond the table in %s is refused when the folder is opened", async (_name, spoil) => {
    const tokenizer = description();
    spoil(tokenizer);
    writeFileSync(join(dir, "tokenizer.json"), JSON.stringify(tokenizer));

    await expect(loadModel(dir)).rejects.toMatchObject({
      code: "tokenizer_unsupported",
      message: expect.stringMatching(/has token 512, config\.json has a vocabulary of 512/),
    });
  });

  test.each([
    "{}",
    "[",
    "null",
    '{"model":{"vocab":{"a":-1}}}',
    '{"model":{"vocab":{"a":"b"}}}',
    '{"model":{"vocab":{}}}',
    '{"model":{"vocab":null}}',
    '{"model":{"vocab":{"a":0}},"added_tokens":[{}]}',
  ])("%s is refused with its own error", async (json) => {
    expect(() => Tokenizer.parse(json)).toThrow(expect.objectContaining({ code: "tokenizer_unsupported" }));
    writeFileSync(join(dir, "tokenizer.json"), json);
    await expect(loadModel(dir)).rejects.toMatchObject({ code: "tokenizer_unsupported" });
  });

  test.each<[string, string, RegExp]>([
    ["nested deep", `${"[".repeat(300_000)}${"]".repeat(300_000)}`, /a list of 1 is no token/],
    ["of a megabyte", `"${"x".repeat(1e6)}"`, /cannot be read: "x{50,100}…/],
    ["without methods", '{"toString":1,"toJSON":1}', /an object is no token/],
    ["that is null", "null", /null is no token/],
  ])("with a token %s is refused in a short message", async (_name, id, message) => {
    writeFileSync(join(dir, "tokenizer.json"), `{"model":{"vocab":{"a":0}},"added_tokens":[{"id":${id}}]}`);

    const refusal = await loadModel(dir).catch((error) => error);

    expect(refusal).toMatchObject({ code: "tokenizer_unsupported", message: expect.stringMatching(message) });
    expect(refusal.message.length).toBeLessThan(200);
  });

  test("with an added token that has no id is refused for it", async () => {
    writeFileSync(join(dir, "tokenizer.json"), '{"model":{"vocab":{"a":0}},"added_tokens":[{}]}');
    await expect(loadModel(dir)).rejects.toThrow(/none is no token/);
  });

  test("that is a folder is refused", async () => {
    rmSync(join(dir, "tokenizer.json"));
    mkdirSync(join(dir, "tokenizer.json"));

    const wanted = {
      code: "file_unreadable",
      message: expect.stringMatching(/tokenizer\.json cannot be read: EISDIR/),
    };
    await expect(loadModel(dir)).rejects.toMatchObject(wanted);
    await expect(Tokenizer.load(dir)).rejects.toMatchObject(wanted);
  });
});
