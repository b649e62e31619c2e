import {
  AttributionIndex,
  type AttributionVersion,
  evaluateAttribution,
  evaluationWindows,
  openRuntime,
  Tokenizer,
} from "@openledger/engine";
import { decodeTrainingManifest, query } from "@openledger/sdk";
import { progressLine } from "./progressLine.js";
import type { RegisteredBase } from "./registerBaseModel.js";
import { type Accuracy, addressOf, type StoryContext } from "./StoryContext.js";
import type { SeededDatanet } from "./seedDatanet.js";

/** Tokens of a continuation: as long as the story's answers, and half of a held-out piece at the most. */
const CONTINUATION_TOKENS = 64;

/**
 * How often attribution names the right contributor first, on the contributors' held-out text, beside BM25; measured once
 * on the files that the chain commits to: the index, and the adapter by its manifest.
 */
export async function measureAccuracy(
  story: StoryContext,
  base: RegisteredBase,
  seeded: SeededDatanet,
  model: bigint,
): Promise<Accuracy> {
  if (story.memory.accuracy !== undefined) return story.memory.accuracy;
  const tokenizer = await Tokenizer.load(story.modelDir);
  const windows = evaluationWindows(
    seeded.contributors.flatMap(({ client, heldOut }) =>
      heldOut.map(({ text }) => ({ contributor: addressOf(client), ids: tokenizer.encode(text) })),
    ),
    CONTINUATION_TOKENS,
  );
  const runtime = await openRuntime({ modelDir: story.modelDir, threads: 1 });
  const progress = progressLine("measuring attribution");
  try {
    const { attributionTrue, attributionGenerated, bm25True, bm25Generated } = await evaluateAttribution(runtime, {
      tokenizer,
      versions: [await committedVersion(story, base, seeded)],
      windows,
      adapter: await runtime.loadAdapter(await adapterFiles(story, model)),
      onProgress: (done, all) => progress.update(`${done}/${all} windows`),
    });
    const accuracy = { windows: windows.length, attributionTrue, attributionGenerated, bm25True, bm25Generated };
    await story.remember({ accuracy });
    return accuracy;
  } finally {
    progress.end();
    await runtime.close();
  }
}

async function committedVersion(
  story: StoryContext,
  base: RegisteredBase,
  { datanet, version, contributors }: SeededDatanet,
): Promise<AttributionVersion> {
  const published = await query.datanetVersion(story.graph, datanet, version);
  const committed = published?.indexes.find((index) => index.base === base.number);
  return {
    datanet,
    version,
    index: AttributionIndex.parse(await story.content.get(committed!.dataHash)),
    contributors: contributors.flatMap(({ client, records }) => records.map(() => addressOf(client))),
  };
}

async function adapterFiles(story: StoryContext, number: bigint) {
  const registered = await query.model(story.graph, number);
  const manifest = decodeTrainingManifest(await story.content.get(registered!.manifestHash));
  return {
    config: JSON.stringify(manifest.adapterConfig),
    weights: await story.content.get(manifest.weights.hash),
    baseWeightsRoot: manifest.baseWeightsRoot,
  };
}
