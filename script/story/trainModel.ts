import { join } from "node:path";
import {
  buildIndexFolder,
  DEFAULT_ARITHMETIC,
  DEFAULT_HYPERPARAMETERS,
  DEFAULT_TIER,
  describeHyperparameters,
  indexedRecords,
  openRuntime,
  publishIndex,
  Tokenizer,
  trainAdapter,
} from "@openledger/engine";
import {
  commitIndex,
  contentHash,
  decodeTrainingManifest,
  EXACT_ENGINE,
  encodeTrainingManifest,
  fractionsAsText,
  type JsonValue,
  programDescription,
  programRoot,
  query,
  registerAdapter,
  weightsRoot,
} from "@openledger/sdk";
import { type Hex, numberToHex } from "viem";
import { progressLine } from "../progress/progressLine.js";
import { CHUNKER_VERSION } from "../seed/chunk.js";
import { BASE_GRANT_BPS, PRICE, type RegisteredBase } from "./registerBaseModel.js";
import type { StoryContext } from "./StoryContext.js";
import { HELD_OUT_PER_PACKAGE, type SeededDatanet } from "./seedDatanet.js";

const ADAPTER_NAME = "npm-documentation";
const SEED = 1;

export interface TrainedModel {
  readonly number: bigint;
  readonly lossBefore: number;
  readonly lossAfter: number;
  readonly tokensPerSecond: number;
}

/** Indexes the Datanet version for attribution and trains an adapter on it, side by side, and registers both. */
export async function trainModel(
  story: StoryContext,
  base: RegisteredBase,
  seeded: SeededDatanet,
): Promise<TrainedModel> {
  const known = (await query.models(story.graph)).find(
    (model) => model.base === base.number && model.name === ADAPTER_NAME,
  );
  const [model] = await Promise.all([
    known === undefined ? train(story, base, seeded) : trainedBefore(story, known.number, known.manifestHash),
    indexVersion(story, base, seeded),
  ]);
  return model;
}

async function indexVersion(story: StoryContext, base: RegisteredBase, seeded: SeededDatanet): Promise<void> {
  const { datanet, version } = seeded;
  const published = await query.datanetVersion(story.graph, datanet, version);
  if (published!.indexes.some((index) => index.base === base.number)) return;

  const runtime = await openRuntime({ modelDir: story.modelDir, threads: 1 });
  try {
    const tokenizer = await Tokenizer.load(story.modelDir);
    const records = seeded.contributors.flatMap(({ records }) => records);
    const texts = records.map(({ text }) => text);
    const path = join(story.network.stateDir, "indexes", `${datanet}-${version}-${base.number}`);
    (await buildIndexFolder(runtime, indexedRecords(texts, tokenizer), path)).close();
    const published = await publishIndex(path, story.content);
    await commitIndex(story.owner, { datanet, version, base: base.number, ...published });
    story.say(`Indexed ${records.length} records for attribution (root ${published.root.slice(0, 10)}…).`);
  } finally {
    await runtime.close();
  }
}

async function train(story: StoryContext, base: RegisteredBase, seeded: SeededDatanet): Promise<TrainedModel> {
  const progress = progressLine("training");
  const result = await trainAdapter({
    modelDir: story.modelDir,
    records: seeded.contributors.flatMap(({ records }) => records),
    heldOut: seeded.contributors.flatMap(({ heldOut }) => heldOut),
    seed: SEED,
    onProgress: ({ phase, step, steps, loss, tokensPerSecond, secondsLeft }) =>
      progress.update(
        phase === "measuring"
          ? `measuring held-out loss ${step}/${steps}`
          : `step ${step}/${steps}  loss ${loss?.toFixed(3)}  ${Math.round(tokensPerSecond ?? 0)} tokens/s  ${Math.ceil(secondsLeft ?? 0)} s left`,
      ),
  });
  progress.end();

  const { files, lossBefore, lossAfter, steps, tokens, tokensPerSecond } = result;
  const adapterRoot = weightsRoot(files.weights);
  const adapterConfig = fractionsAsText(JSON.parse(files.config)) as { readonly [name: string]: JsonValue };
  const programId = await compiledProgram(story, base, {
    config: JSON.stringify(adapterConfig),
    weights: files.weights,
  });
  const manifest = encodeTrainingManifest({
    base: base.number,
    baseWeightsRoot: base.weightsRoot,
    datanets: [{ datanet: seeded.datanet, version: seeded.version, root: seeded.root }],
    seed: numberToHex(SEED, { size: 32 }),
    hyperparameters: describeHyperparameters(DEFAULT_HYPERPARAMETERS),
    adapterConfig,
    engine: EXACT_ENGINE,
    program: { tier: DEFAULT_TIER, arithmetic: DEFAULT_ARITHMETIC, id: programId },
    steps,
    tokens,
    lossBefore: lossBefore.toFixed(4),
    lossAfter: lossAfter.toFixed(4),
    weights: { hash: contentHash(files.weights), root: adapterRoot },
    split: { chunker: CHUNKER_VERSION, heldOut: `${HELD_OUT_PER_PACKAGE} pieces of each package, evenly spread` },
  });
  await Promise.all([story.content.put(files.weights), story.content.put(manifest)]);
  const { event } = await registerAdapter(story.owner, {
    base: base.number,
    registration: {
      name: ADAPTER_NAME,
      weightsRoot: adapterRoot,
      programRoot: programRoot(
        programDescription({
          engine: EXACT_ENGINE,
          architecture: base.architecture,
          tokenizerHash: base.tokenizerHash,
          baseRoot: base.weightsRoot,
          adapterRoot,
          programId,
        }),
      ),
      manifestHash: contentHash(manifest),
      price: PRICE,
      revenue: { modelBps: 1500, dataBps: 4000 },
      upstream: [{ model: base.number, bps: BASE_GRANT_BPS }],
    },
    versions: [{ datanet: seeded.datanet, version: seeded.version }],
  });
  await story.remember({ trainTokensPerSecond: tokensPerSecond });
  return { number: event.model, lossBefore, lossAfter, tokensPerSecond };
}

/** The exact program that base and adapter make: what the model is registered and served as. */
async function compiledProgram(
  story: StoryContext,
  base: RegisteredBase,
  files: { readonly config: string; readonly weights: Uint8Array },
): Promise<Hex> {
  const runtime = await openRuntime({ modelDir: story.modelDir, tier: DEFAULT_TIER });
  try {
    return (await runtime.loadAdapter({ ...files, baseWeightsRoot: base.weightsRoot })).programId;
  } finally {
    await runtime.close();
  }
}

/** The figures of a training that an earlier run of the story did, from its manifest. */
async function trainedBefore(story: StoryContext, number: bigint, manifestHash: `0x${string}`): Promise<TrainedModel> {
  const manifest = decodeTrainingManifest(await story.content.get(manifestHash));
  return {
    number,
    lossBefore: Number(manifest.lossBefore),
    lossAfter: Number(manifest.lossAfter),
    tokensPerSecond: story.memory.trainTokensPerSecond ?? 0,
  };
}
