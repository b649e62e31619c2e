import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { RuntimeError } from "./errors.js";
import { openRuntime } from "./openRuntime.js";
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

/** Greedy continuation by whole passes: the token whose probability is largest, asked of every candidate. */
async function mostLikelyNext(ids: readonly number[]): Promise<number> {
  let best = 0;
  let highest = -1;
  for (let candidate = 0; candidate < runtime.architecture.vocabulary; candidate++) {
    const { probabilities } = await runtime.hiddenStates([...ids, candidate], { from: ids.length });
    if (probabilities[0]! > highest) {
      highest = probabilities[0]!;
      best = candidate;
    }
  }
  return best;
}

describe("generation", () => {
  test("gives the tokens that whole passes find most likely", async () => {
    const { tokens } = await runtime.generate({ ...GREEDY, promptIds: PROMPT, maxTokens: 2 });

    const first = await mostLikelyNext(PROMPT);
    expect(tokens).toEqual([first, await mostLikelyNext([...PROMPT, first])]);
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
});

describe("the worker", () => {
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
