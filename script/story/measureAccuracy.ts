import { join } from "node:path";
import {
  type AttributionVersion,
  evaluateAttribution,
  evaluationWindows,
  fetchIndex,
  openRuntime,
  type SegmentIndex,
  Tokenizer,
} from "@openledger/engine";
import { decodeIndexFile, decodeTrainingManifest, query } from "@openledger/sdk";
import { progressLine } from "../progress/progressLine.js";
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
  let index: SegmentIndex | undefined;
  try {
    const version = await committedVersion(story, base, seeded);
    index = version.index;
    const { attributionTrue, attributionGenerated, bm25True, bm25Generated } = await evaluateAttribution(runtime, {
      tokenizer,
      versions: [version],
      windows,
      adapter: await runtime.loadAdapter(await adapterFiles(story, model)),
      onProgress: (done, all) => progress.update(`${done}/${all} windows`),
    });
    const accuracy = { windows: windows.length, attributionTrue, attributionGenerated, bm25True, bm25Generated };
    await story.remember({ accuracy });
    return accuracy;
  } finally {
    progress.end();
    index?.close();
    await runtime.close();
  }
}

async function committedVersion(
  story: StoryContext,
  base: RegisteredBase,
  { datanet, version, contributors }: SeededDatanet,
): Promise<AttributionVersion & { readonly index: SegmentIndex }> {
  const published = await query.datanetVersion(story.graph, datanet, version);
  const committed = published?.indexes.find((index) => index.base === base.number);
  const { dataHash } = committed!;
  const path = join(story.network.stateDir, "indexes", dataHash.slice(2));
  return {
    datanet,
    version,
    index: await fetchIndex(path, decodeIndexFile(await story.content.get(dataHash)), story.content),
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
