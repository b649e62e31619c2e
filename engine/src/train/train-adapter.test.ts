import { describe, expect, test } from "vitest";
import { parseAdapter } from "../model/adapter.js";
import { loadArchitecture } from "../model/model-folder.js";
import { fixtureDir } from "../model/testing/fixtures.js";
import type { AdapterTrainingProgress } from "./run-adapter-training.js";
import { trainAdapter } from "./train-adapter.js";

const MODEL_DIR = fixtureDir("llama");
const text = (i: number): string =>
  `function transfer${i}(address to, uint256 amount) public returns (bool) { return true; }`;
const OPTIONS = {
  modelDir: MODEL_DIR,
  records: Array.from({ length: 24 }, (_, i) => ({ text: text(i) })),
  heldOut: [{ text: text(100) }, { text: text(101) }],
  hyperparameters: { rank: 4, alpha: 8, epochs: 10, length: 64, batch: 2, learningRate: 1e-2 },
  seed: 11,
  threads: 1,
};

describe("an adapter", () => {
  test("lowers the loss on text of its kind, and is the same for the same seed", async () => {
    const progress: AdapterTrainingProgress[] = [];
    const first = await trainAdapter({ ...OPTIONS, onProgress: (entry) => progress.push(entry) });
    const second = await trainAdapter(OPTIONS);

    expect(first.lossAfter).toBeLessThan(0.7 * first.lossBefore);
    expect(second.files).toEqual(first.files);
    expect(second.lossAfter).toBe(first.lossAfter);
    expect(first.heldOut).toHaveLength(2);
    const tokens = first.heldOut.reduce((sum, loss) => sum + loss.tokens, 0);
    const after = first.heldOut.reduce((sum, loss) => sum + loss.after, 0);
    expect(after / tokens).toBeCloseTo(first.lossAfter, 12);
    const adapter = parseAdapter(first.files, await loadArchitecture(MODEL_DIR));
    expect([adapter.rank, adapter.alpha, adapter.projections.length]).toEqual([4, 8, 7]);
    const training = progress.filter((entry) => entry.phase === "training");
    expect(training.map((entry) => entry.step)).toEqual(Array.from({ length: first.steps }, (_, i) => i + 1));
    expect(training.at(-1)).toMatchObject({ steps: first.steps, secondsLeft: 0 });
  });

  test("takes as many steps as it is told, and its start from another seed than its order", async () => {
    const train = async (more: { steps?: number; seed?: number; startSeed?: number }) =>
      (await trainAdapter({ ...OPTIONS, heldOut: [], ...more })).files.weights;

    expect((await trainAdapter({ ...OPTIONS, heldOut: [], steps: 3 })).steps).toBe(3);
    const own = await train({ steps: 3 });
    expect(await train({ steps: 3, startSeed: OPTIONS.seed })).toEqual(own);
    expect(await train({ steps: 3, startSeed: 12 })).not.toEqual(own);
    expect(await train({ steps: 3, seed: 12, startSeed: OPTIONS.seed })).not.toEqual(own);
    expect(await train({ steps: 3, seed: 12, startSeed: OPTIONS.seed })).not.toEqual(
      await train({ steps: 3, seed: 12 }),
    );
  });

  test("trains the asked projections only", async () => {
    const hyperparameters = { ...OPTIONS.hyperparameters, epochs: 1, projections: ["q", "v"] as const };
    const { files } = await trainAdapter({ ...OPTIONS, hyperparameters });

    const adapter = parseAdapter(files, await loadArchitecture(MODEL_DIR));
    expect([...adapter.factors.keys()].sort()).toEqual(
      [0, 1].flatMap((layer) => ["q.a", "q.b", "v.a", "v.b"].map((name) => `lora.${layer}.${name}`)),
    );
  });
});

describe.each(["gpt2", "qwen3", "mistral"] as const)("an adapter of a %s model", (family) => {
  test("lowers the loss, and is read by its base", async () => {
    const modelDir = fixtureDir(family);
    const { files, lossBefore, lossAfter } = await trainAdapter({ ...OPTIONS, modelDir });

    expect(lossAfter).toBeLessThan(0.85 * lossBefore);
    const adapter = parseAdapter(files, await loadArchitecture(modelDir));
    expect(adapter.projections).toEqual(
      family === "gpt2" ? ["q", "k", "v", "o", "up", "down"] : ["q", "k", "v", "o", "gate", "up", "down"],
    );
  });
});

test("a GPT-2 adapter that asks for queries alone is refused: its base has them in one module with keys and values", async () => {
  const hyperparameters = { ...OPTIONS.hyperparameters, projections: ["q"] as const };
  const run = trainAdapter({ ...OPTIONS, modelDir: fixtureDir("gpt2"), hyperparameters });

  await expect(run).rejects.toThrow(/q, k, v of a gpt2 model are adapted together; asked for q without k/);
});

describe("a run that cannot go on", () => {
  test("stops with the signal's reason, and leaves the event loop free while it runs", async () => {
    const controller = new AbortController();
    const run = trainAdapter({
      ...OPTIONS,
      hyperparameters: { ...OPTIONS.hyperparameters, epochs: 10_000 },
      signal: controller.signal,
      onProgress: ({ phase }) => phase === "training" && controller.abort(new Error("stop here")),
    });

    await expect(run).rejects.toThrow("stop here");
  });

  test("says why", async () => {
    const records = [{ text: "short" }];
    await expect(trainAdapter({ ...OPTIONS, records })).rejects.toMatchObject({ code: "too_few_tokens" });

    const hyperparameters = { ...OPTIONS.hyperparameters, length: 1024 };
    await expect(trainAdapter({ ...OPTIONS, hyperparameters })).rejects.toMatchObject({ code: "length_out_of_range" });

    await expect(trainAdapter({ ...OPTIONS, modelDir: "/nonexistent" })).rejects.toMatchObject({ code: "failed" });
  });
});
