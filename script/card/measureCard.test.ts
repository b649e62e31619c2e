import { cp, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  ATTRIBUTION_FILE,
  DEFAULT_HYPERPARAMETERS,
  describeHyperparameters,
  fitAttributionBase,
  loadAdapter,
  loadModel,
  openRuntime,
  Tokenizer,
} from "@openledger/engine";
import {
  type AttributionCard,
  contentHash,
  decodeAttributionCard,
  EXACT_ENGINE,
  encodeAttributionCard,
  type TrainingManifest,
  weightsRoot,
} from "@openledger/sdk";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { repositoryRoot } from "../devnet/repositoryRoot.js";
import type { VersionRecord } from "../registered/readRecords.js";
import type { RegisteredAdapter } from "../registered/readRegisteredModel.js";
import { encodeTexts } from "../registered/readTexts.js";
import { measureCard } from "./measureCard.js";
import { scoreMethods } from "./scoreMethods.js";

const TOPICS = ["transfer(owner, amount)", "median.of(matrix)", "planet.rise(hour)"];
const textOf = (topic: number, i: number) => `${i} ${TOPICS[topic]!.repeat(4)} // ${i * i}`;
const contributors = Array.from({ length: 6 }, (_, i) => `0x${`${i + 1}`.repeat(40)}` as const);
// two contributors a topic, two records each
const records = Array.from(
  { length: 12 },
  (_, record): VersionRecord => ({
    datanet: 1n,
    version: 1,
    record,
    contribution: BigInt(Math.floor(record / 2)),
    contributor: contributors[Math.floor(record / 2)]!,
    source: `${record}`,
    text: textOf(Math.floor(record / 4), record),
  }),
);
const texts = [0, 1, 2].map((topic) => ({ prompt: "", text: textOf(topic, 50 + topic) }));
const zero = `0x${"00".repeat(32)}` as const;

let folder: string;
let registered: RegisteredAdapter;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "openledger-card-"));
  const modelDir = join(folder, "base");
  await cp(join(repositoryRoot, "engine", "fixtures", "llama"), modelDir, { recursive: true });
  const base = await loadModel(modelDir);
  const tokenizer = await Tokenizer.load(modelDir);
  const bytes = await readFile(join(modelDir, "model.safetensors"));
  const weights = { hash: contentHash(bytes), root: weightsRoot(bytes) };
  await writeFile(join(modelDir, "manifest.json"), JSON.stringify({ weights }));
  const runtime = await openRuntime({ modelDir, threads: 1 });
  const decoys = Array.from({ length: 70 }, (_, i) =>
    tokenizer.encode(`decoy ${i}: ${i * 7} ** ${i} + ${"x".repeat(i % 40)}`),
  );
  const attribution = await fitAttributionBase(runtime, base, decoys);
  await runtime.close();
  await writeFile(join(modelDir, ATTRIBUTION_FILE), attribution);
  await writeFile(
    join(modelDir, "manifest.json"),
    JSON.stringify({ weights, attribution: { hash: contentHash(attribution) } }),
  );
  const adapterFiles = {
    config: await readFile(join(modelDir, "adapter", "adapter_config.json"), "utf8"),
    weights: await readFile(join(modelDir, "adapter", "adapter_model.safetensors")),
  };
  const manifest: TrainingManifest = {
    base: 1n,
    baseWeightsRoot: weights.root,
    datanets: [{ datanet: 1n, version: 1, root: zero }],
    seed: `0x${"00".repeat(31)}07`,
    hyperparameters: describeHyperparameters({
      ...DEFAULT_HYPERPARAMETERS,
      rank: 4,
      alpha: 8,
      epochs: 6,
      length: 48,
      learningRate: 1e-2,
    }),
    adapterConfig: {},
    engine: EXACT_ENGINE,
    program: { tier: "w8a16", arithmetic: "binary32", id: zero },
    steps: 60,
    tokens: 1,
    lossBefore: "1",
    lossAfter: "1",
    weights: { hash: zero, root: zero },
    split: {},
  };
  registered = {
    name: "topics",
    base,
    tokenizer,
    adapter: await loadAdapter(join(modelDir, "adapter"), base.architecture),
    baseWeightsRoot: weights.root,
    adapterWeightsRoot: weightsRoot(adapterFiles.weights),
    versions: [{ datanet: 1n, version: 1 }],
    manifest,
    baseManifest: { weights, program: manifest.program, heldOutBitsPerByte: undefined, corpus: [], document: {} },
    modelDir,
    adapterFiles,
  };
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe("scoreMethods", () => {
  it("names records by their place among those of all versions", async () => {
    const placed = records.map((record, at) => (at < 5 ? record : { ...record, datanet: 7n, version: 3 }));
    const ids = registered.tokenizer.encode(records[9]!.text).slice(0, 48);

    const scores = await scoreMethods(registered, placed, [{ ids, from: 8 }], {
      length: 48,
      threads: 1,
      sketches: join(folder, "placed"),
    });

    for (const method of ["kernel", "pays", "ngram", "match", "bm25"]) {
      const row = scores[method]![0]!;
      expect(row, method).toHaveLength(12);
      // of the third topic, whose records differ by a number
      expect(Math.floor(row.indexOf(Math.max(...row)) / 4), method).toBe(2);
    }
  });
});

describe("measureCard", () => {
  const measure = (phases: string[] = [], signal?: AbortSignal): Promise<AttributionCard> =>
    measureCard({ registered, records, texts }, 4n, {
      regimes: ["rec"],
      sets: 8,
      seeds: 1,
      queries: 3,
      threads: 1,
      folder: join(folder, "card"),
      onPhase: (phase, done, all) => phases.push(`${phase} ${done}/${all}`),
      ...(signal && { signal }),
    });
  let card: AttributionCard;

  it("trains anew on halves, and says how well each method foretold what came of it", async () => {
    const phases: string[] = [];
    card = await measure(phases);

    expect(card.subject).toEqual({
      model: 4n,
      baseWeightsRoot: registered.baseWeightsRoot,
      adapterWeightsRoot: registered.adapterWeightsRoot,
      datanets: [{ datanet: 1n, version: 1 }],
    });
    expect(card.sample).toMatchObject({ records: 12, contributors: 6, texts: 3, seeds: 1 });
    expect(card.sample.sets).toEqual([{ regime: "rec", count: 8 }]);
    expect(card.sample.textsHash).toBe(contentHash(encodeTexts(texts)));
    const names = card.methods.map(({ method }) => method).sort();
    expect(names).toEqual([
      "bm25",
      "datainf",
      "graddot",
      "kernel",
      "match",
      "ngram",
      "pays",
      "size",
      "standing",
      "trak",
    ]);
    const ngram = card.methods.find(({ method }) => method === "ngram")!;
    expect(ngram.lds.map(({ regime }) => regime)).toEqual(["rec", "gen"]);
    // a text of a topic is foretold by how much of the topic was trained on
    expect(ngram.lds[0]!.value).toBeGreaterThan(0.5);
    expect(phases.filter((phase) => phase.startsWith("retraining"))).toEqual(
      Array.from({ length: 9 }, (_, done) => `retraining ${done}/8`),
    );
    expect(decodeAttributionCard(encodeAttributionCard(card)).sample).toEqual(card.sample);
  });

  it("goes by what was trained before, and trains again what is damaged", async () => {
    const kept = join(folder, "card", "retrained");
    const files = await readdir(kept);
    expect(files).toHaveLength(8);
    const texts = await Promise.all(files.map((name) => readFile(join(kept, name), "utf8")));
    await writeFile(join(kept, files[0]!), texts[0]!.slice(0, -4));
    await writeFile(join(kept, files[1]!), "[1]");
    const unlike = JSON.parse(texts[2]!).map((_: number, i: number) => i);
    await writeFile(join(kept, files[2]!), JSON.stringify(unlike));

    const again = await measure();

    for (const i of [0, 1]) expect(await readFile(join(kept, files[i]!), "utf8")).toBe(texts[i]);
    expect(await readFile(join(kept, files[2]!), "utf8")).toBe(JSON.stringify(unlike));
    expect(again.methods).not.toEqual(card.methods);
    expect(again.sample).toEqual(card.sample);
  });

  it("stops in the middle where it is told to, and leaves nothing half-written", async () => {
    const kept = join(folder, "card", "retrained");
    await rm(kept, { recursive: true });
    const stop = new AbortController();
    const phases: string[] = [];
    const push = phases.push.bind(phases);
    phases.push = (...told) => {
      if (told[0] === "retraining 1/8") stop.abort(new Error("enough"));
      return push(...told);
    };

    await expect(measure(phases, stop.signal)).rejects.toThrow("enough");

    expect(await readdir(kept)).toHaveLength(1);
  });
});
