import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { loadKeccak } from "@openledger/sdk";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { compileModel } from "../exact/compile/compileModel.js";
import { commitProgram } from "../exact/document/commitProgram.js";
import type { Program } from "../exact/program/Program.js";
import { referenceRun } from "../exact/reference/referenceRun.js";
import { WEIGHT_TABLE } from "../exact/sampling/index.js";
import { referenceSample } from "../exact/sampling/referenceSample.js";
import { loadModel } from "../model/model-folder.js";
import { deviceReport } from "./deviceReport.js";
import type { RuntimeError } from "./errors.js";
import { DEFAULT_TIER, openRuntime } from "./openRuntime.js";
import type { AdapterHandle, GenerateOptions, Runtime } from "./Runtime.js";
import { copyTestModel } from "./testModel.js";
import { WorkerClient } from "./WorkerClient.js";

const GREEDY: Omit<GenerateOptions, "promptIds"> = {
  maxTokens: 12,
  temperatureMilli: 0,
  topPMilli: 1000,
  topK: 0,
  seed: new Uint8Array(32),
};
const PROMPT = [5, 17, 99, 4, 23, 8];

const DRAWN = {
  ...GREEDY,
  ...{ temperatureMilli: 900, topPMilli: 900, topK: 40, repetitionPenaltyMilli: 1100 },
  promptIds: PROMPT,
  maxTokens: 6,
  seed: new Uint8Array(32).fill(7),
};

/** The first tokens of the answer to `DRAWN`, by definition. */
function drawnByReference(program: Program, count: number): number[] {
  const drawn: number[] = [];
  const seen = new Set(PROMPT);
  for (let position = 0; position < count; position++) {
    const { logits } = referenceRun(program, [program.shape.endToken, ...PROMPT, ...drawn]);
    const { token } = referenceSample([...logits.at(-1)!], DRAWN, position, [...seen], [...WEIGHT_TABLE]);
    drawn.push(token);
    seen.add(token);
  }
  return drawn;
}

let dir: string;
let runtime: Runtime;
let adapter: AdapterHandle;
beforeAll(async () => {
  dir = copyTestModel();
  runtime = await openRuntime({ modelDir: dir });
  adapter = await runtime.loadAdapter({ dir: join(dir, "adapter") });
});
afterAll(async () => {
  await runtime.close();
  rmSync(dir, { recursive: true });
});

describe("generation", () => {
  test("gives the tokens that the program's reference draws", async () => {
    const { architecture, weights } = await loadModel(dir);
    const program = compileModel({ architecture, weights }, { tier: DEFAULT_TIER });

    const { tokens } = await runtime.generate(DRAWN);

    expect(tokens).toEqual(drawnByReference(program, tokens.length));
  });

  test("in integers gives the tokens of that program's reference, and audits them", async () => {
    const { architecture, weights } = await loadModel(dir);
    const program = compileModel({ architecture, weights }, { tier: DEFAULT_TIER, arithmetic: "integer" });
    const integers = await openRuntime({ modelDir: dir, arithmetic: "integer" });
    try {
      const { tokens } = await integers.generate(DRAWN);

      expect(tokens).toEqual(drawnByReference(program, tokens.length));
      expect(await integers.audit({ ...DRAWN, outputIds: tokens })).toBeUndefined();
      const other = tokens.map((token, i) => (i === 2 ? (token + 1) % program.shape.vocabulary : token));
      expect(await integers.audit({ ...DRAWN, outputIds: other })).toMatchObject({ index: 2, found: other[2] });

      const loaded = await integers.loadAdapter({ dir: join(dir, "adapter") });
      expect(loaded.programId).not.toBe(adapter.programId);
      expect(integers.programId).not.toBe(runtime.programId);
      expect(deviceReport(integers)).toMatchObject({ arithmetic: "integer", grids: "table", steps: "graph" });
    } finally {
      await integers.close();
    }
  });

  test("repeats for the same seed, and differs for another", async () => {
    const draw = (byte: number) =>
      runtime.generate({
        ...GREEDY,
        promptIds: PROMPT,
        maxTokens: 30,
        temperatureMilli: 1000,
        seed: new Uint8Array(32).fill(byte),
      });

    const [one, again, other] = await Promise.all([draw(1), draw(1), draw(2)]);

    expect(again).toEqual(one);
    expect(other.tokens).not.toEqual(one.tokens);
  });

  test("streams tokens while calls take turns, so that a short one does not wait for a long one", async () => {
    const order: string[] = [];
    const say = (name: string, maxTokens: number, onToken = () => {}) =>
      runtime.generate({
        ...GREEDY,
        promptIds: PROMPT,
        maxTokens,
        onToken: (_, index) => {
          order.push(`${name}${index}`);
          onToken();
        },
      });

    let short: ReturnType<typeof say> | undefined;
    const long = await say("a", 300, () => {
      short ??= say("b", 2);
    });

    expect(long.finish).toBe("length");
    expect(order.filter((name) => name.startsWith("a"))).toEqual(long.tokens.map((_, index) => `a${index}`));
    expect((await short!).tokens).toEqual(long.tokens.slice(0, 2));
    expect(order.indexOf("b1")).toBeLessThan(order.indexOf("a299"));
  });

  test("answers an empty prompt", async () => {
    const { tokens } = await runtime.generate({ ...GREEDY, promptIds: [] });

    expect(tokens.length).toBeGreaterThan(0);
  });

  test("with an adapter differs from the base, also when both run at once", async () => {
    const base = await runtime.generate({ ...GREEDY, promptIds: PROMPT });
    const adapted = await runtime.generate({ ...GREEDY, promptIds: PROMPT, adapter });

    const mixed = await Promise.all([
      runtime.generate({ ...GREEDY, promptIds: PROMPT }),
      runtime.generate({ ...GREEDY, promptIds: PROMPT, adapter }),
    ]);

    expect(mixed).toEqual([base, adapted]);
    expect(adapted.tokens).not.toEqual(base.tokens);
  });

  test("is given up on a signal", async () => {
    const abort = new AbortController();
    const call = runtime.generate({
      ...GREEDY,
      promptIds: PROMPT,
      maxTokens: 60,
      signal: abort.signal,
      onToken: () => abort.abort(),
    });

    await expect(call).rejects.toMatchObject({ code: "aborted" });
    await expect(runtime.generate({ ...GREEDY, promptIds: PROMPT, signal: abort.signal })).rejects.toMatchObject({
      code: "aborted",
    });
  });

  test.each([
    ["a prompt that does not fit", { promptIds: new Array(5000).fill(1) }, "context_exceeded"],
    ["a foreign token", { promptIds: [1e6] }, "invalid_request"],
    ["no tokens", { promptIds: PROMPT, maxTokens: 0 }, "invalid_request"],
    ["a short seed", { promptIds: PROMPT, seed: new Uint8Array(31) }, "invalid_request"],
    ["top-p 0", { promptIds: PROMPT, topPMilli: 0 }, "invalid_request"],
  ])("refuses %s", async (_, options, code) => {
    await expect(runtime.generate({ ...GREEDY, ...options })).rejects.toMatchObject({ code });
  });
});

describe("an audit", () => {
  const drawn = { ...GREEDY, promptIds: PROMPT, temperatureMilli: 1000, repetitionPenaltyMilli: 1200 };
  const rule = { ...drawn, maxTokens: 150, seed: new Uint8Array(32).fill(2) };
  let outputIds: readonly number[];
  beforeAll(async () => {
    outputIds = (await runtime.generate({ ...rule, adapter })).tokens;
  });

  test("finds nothing in what was generated", async () => {
    expect(outputIds).toHaveLength(150);
    expect(await runtime.audit({ ...rule, adapter, outputIds })).toBeUndefined();
    const base = await runtime.generate({ ...drawn, maxTokens: 2 });
    expect(await runtime.audit({ ...drawn, maxTokens: 2, outputIds: base.tokens })).toBeUndefined();
  });

  test.each([0, 70, 130, 149])("names token %i when it is another, whatever it is", async (index) => {
    for (const found of [(outputIds[index]! + 1) % 512, 2 ** 32 - 1, -1, 1.5]) {
      const forged = outputIds.with(index, found);
      const fault = await runtime.audit({ ...rule, adapter, outputIds: forged });
      expect(fault).toEqual({ index, expected: outputIds[index], found });
    }
  });

  test("of the base's answer as the adapter's finds it false, and the reverse", async () => {
    expect(await runtime.audit({ ...rule, outputIds })).toMatchObject({ index: expect.any(Number) });
  });

  test("finds an answer that was cut, and one that goes on", async () => {
    const cut = await runtime.audit({ ...rule, adapter, outputIds: outputIds.slice(0, 100) });
    expect(cut).toEqual({ index: 100, expected: outputIds[100], found: undefined });
    const long = await runtime.audit({ ...rule, maxTokens: 100, adapter, outputIds });
    expect(long).toEqual({ index: 100, expected: "the end of the answer", found: outputIds[100] });
  });

  test("finds another seed", async () => {
    const fault = await runtime.audit({ ...rule, adapter, outputIds, seed: new Uint8Array(32).fill(4) });
    expect(fault).toMatchObject({ expected: expect.anything() });
  });
});

describe("adapters", () => {
  const files = (root = runtime.weightsRoot as string) => ({
    config: readFileSync(join(dir, "adapter", "adapter_config.json"), "utf8"),
    weights: new Uint8Array(readFileSync(join(dir, "adapter", "adapter_model.safetensors"))),
    baseWeightsRoot: root,
  });

  test("given as files or as a folder are one", async () => {
    expect(await runtime.loadAdapter(files())).toEqual(adapter);
  });

  test("of another base are refused", async () => {
    const call = runtime.loadAdapter(files(`0x${"ab".repeat(32)}`));

    await expect(call).rejects.toMatchObject({ code: "adapter_mismatch" });
    await expect(call).rejects.toThrow(/0xabab.*0x/);
  });

  test("of another rank than their weights are refused", async () => {
    const { config, ...rest } = files();
    const rank = (JSON.parse(config) as { r: number }).r;
    const call = runtime.loadAdapter({ ...rest, config: JSON.stringify({ ...JSON.parse(config), r: rank + 1 }) });

    await expect(call).rejects.toMatchObject({ code: "adapter_mismatch" });
  });

  test("that ask for more than LoRA are refused", async () => {
    const { config, ...rest } = files();
    const call = runtime.loadAdapter({ ...rest, config: JSON.stringify({ ...JSON.parse(config), use_dora: true }) });

    await expect(call).rejects.toMatchObject({ code: "adapter_unsupported" });
  });

  test("that are not loaded answer nothing, the base least of all", async () => {
    const unknown = { ...adapter, id: `0x${"00".repeat(32)}` as const };

    await expect(runtime.generate({ ...GREEDY, promptIds: PROMPT, adapter: unknown })).rejects.toMatchObject({
      code: "adapter_unknown",
    });
  });
});

describe("opening", () => {
  test("tells the program and how the device was found exact", async () => {
    const { architecture, weights } = await loadModel(dir);
    const keccak = await loadKeccak();
    const { id } = commitProgram(keccak, compileModel({ architecture, weights }, { tier: DEFAULT_TIER }));

    expect(runtime.programId).toBe(id);
    expect(runtime.conformity).toMatchObject({ device: { provider: "cpu" }, products: expect.any(String) });
    expect(deviceReport(runtime)).toMatchObject({ program: runtime.programId, provider: "cpu", steps: "kernels" });
    expect(adapter.programId).not.toBe(id);
  });

  test("on a device that is not there fails, and says so", async () => {
    await expect(openRuntime({ modelDir: dir, provider: "cuda" })).rejects.toMatchObject({ code: "device_missing" });
  });

  test("refuses weights that the manifest does not name, with both hashes", async () => {
    const copy = copyTestModel();
    const file = join(copy, "model.safetensors");
    const bytes = readFileSync(file);
    bytes[bytes.length - 1]! ^= 1;
    writeFileSync(file, bytes);

    const opening = openRuntime({ modelDir: copy });

    await expect(opening).rejects.toMatchObject({ code: "weights_mismatch" });
    await expect(opening).rejects.toThrow(new RegExp(`model.safetensors.*${runtime.weightsHash}.*0x[0-9a-f]{64}`));
    rmSync(copy, { recursive: true });
  });

  test("refuses a manifest that names another root", async () => {
    const copy = copyTestModel();
    const weights = { hash: runtime.weightsHash, root: `0x${"cd".repeat(32)}` };
    writeFileSync(join(copy, "manifest.json"), JSON.stringify({ weights }));

    await expect(openRuntime({ modelDir: copy })).rejects.toThrow(/root 0xcdcd/);
    rmSync(copy, { recursive: true });
  });

  test("refuses a manifest that names another program of the same precision and arithmetic", async () => {
    const copy = copyTestModel();
    const named = { id: `0x${"ab".repeat(32)}`, tier: DEFAULT_TIER, arithmetic: "float" };
    const weights = { hash: runtime.weightsHash, root: runtime.weightsRoot };
    const write = (program: object) => writeFileSync(join(copy, "manifest.json"), JSON.stringify({ weights, program }));

    write(named);
    await expect(openRuntime({ modelDir: copy })).rejects.toMatchObject({ code: "program_mismatch" });
    write({ ...named, arithmetic: "integer" });
    await (await openRuntime({ modelDir: copy })).close();
    write({ ...named, id: runtime.programId });
    await (await openRuntime({ modelDir: copy })).close();
    rmSync(copy, { recursive: true });
  });

  test.each(["config.json", "model.safetensors", "tokenizer.json"])("without %s fails for good", async (file) => {
    const copy = copyTestModel();
    rmSync(join(copy, file));
    await expect(openRuntime({ modelDir: copy })).rejects.toMatchObject({
      code: "model_unusable",
      retryable: false,
      message: expect.stringContaining(file),
    });
    rmSync(copy, { recursive: true });
  });

  test.each(["null", "[]", "{", '{"weights":5}', '{"program":null}'])("refuses a manifest of %s", async (text) => {
    const copy = copyTestModel();
    writeFileSync(join(copy, "manifest.json"), text);
    await expect(openRuntime({ modelDir: copy })).rejects.toMatchObject({ code: "manifest_malformed" });
    rmSync(copy, { recursive: true });
  });

  test.each([{ tier: "w4a4" }, { arithmetic: "integers" }, { provider: "tpu" }, { threads: -1 }, { threads: 1.5 }])(
    "refuses %o, which is no option",
    async (option) => {
      await expect(openRuntime({ modelDir: dir, ...(option as object) })).rejects.toMatchObject({
        code: "invalid_request",
      });
    },
  );
});

describe("an adapter of a stranger", () => {
  const files = () => ({
    config: readFileSync(join(dir, "adapter", "adapter_config.json"), "utf8"),
    weights: readFileSync(join(dir, "adapter", "adapter_model.safetensors")),
    baseWeightsRoot: runtime.weightsRoot,
  });
  const weightsOf = (header: string) => {
    const length = Buffer.alloc(8);
    length.writeBigUInt64LE(BigInt(Buffer.byteLength(header)));
    return Buffer.concat([length, Buffer.from(header)]);
  };
  const nested = `${"[".repeat(200_000)}${"]".repeat(200_000)}`;
  const entry = (dtype: string, shape: string) => `{"a":{"dtype":${dtype},"shape":${shape},"data_offsets":[0,4]}}`;

  test.each([
    ["weights of a type that cannot be shown", { weights: weightsOf(entry('{"toString":1,"valueOf":1}', "[1]")) }],
    ["weights of a shape as deep as a stack", { weights: weightsOf(entry('"F32"', nested)) }],
    ["a configuration as deep as a stack", { config: `{"target_modules":${nested}}` }],
    ["an unknown field as deep as a stack", { config: `{"peft_type":"LORA","unknown":${nested}}` }],
    ["weights that are none", { weights: Buffer.from("none") }],
  ])("with %s is refused for good", async (_, part) => {
    const loading = runtime.loadAdapter({ ...files(), ...part });
    await expect(loading).rejects.toMatchObject({
      code: expect.stringMatching(/^adapter_(mismatch|unsupported)$/),
      retryable: false,
    });
  });
});

describe("the worker", () => {
  test("ends the call of a listener that throws, and no other", async () => {
    const request = { ...GREEDY, promptIds: PROMPT, maxTokens: 8 };
    const onToken = () => {
      throw new Error("no more room");
    };
    const [failing, other] = [runtime.generate({ ...request, onToken }), runtime.generate(request)];
    await expect(failing).rejects.toMatchObject({ code: "aborted", message: expect.stringContaining("no more room") });
    expect((await other).tokens.length).toBeGreaterThan(0);
  });

  test("takes its open calls with it when it dies", async () => {
    const ended: RuntimeError[] = [];
    // A worker that answers nothing and dies on the second message.
    const source =
      'let n = 0; require("worker_threads").parentPort.on("message", () => { if (++n === 2) process.exit(3); });';
    const client = new WorkerClient(new Worker(source, { eval: true }), (error) => ended.push(error));

    const calls = [1, 2].map(() => client.call("unloadAdapter", { id: "0x" }));

    for (const call of calls) await expect(call).rejects.toMatchObject({ code: "runtime_failed", retryable: true });
    await expect(client.call("unloadAdapter", { id: "0x" })).rejects.toThrow(/code 3/);
    expect(ended).toHaveLength(1);
  });

  test("rejects its open calls when it is closed", async () => {
    const other = await openRuntime({ modelDir: dir });
    const call = other.generate({ ...GREEDY, promptIds: PROMPT, maxTokens: 60 });

    const closing = other.close();

    await expect(call).rejects.toMatchObject({ code: "runtime_closed" });
    await closing;
    await expect(other.generate({ ...GREEDY, promptIds: PROMPT })).rejects.toMatchObject({ code: "runtime_closed" });
  });
});
