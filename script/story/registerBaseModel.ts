import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { ATTRIBUTION_FILE } from "@openledger/engine";
import {
  contentHash,
  decodeBaseManifest,
  EXACT_ENGINE,
  type ModelRegistration,
  parseOpen,
  programDescription,
  programRoot,
  query,
  registerBase,
  weightsRoot,
} from "@openledger/sdk";
import type { Hex } from "viem";
import type { StoryContext } from "./StoryContext.js";

export const PRICE: ModelRegistration["price"] = {
  perRequest: parseOpen("0.01"),
  perPromptToken: parseOpen("0.0001"),
  perOutputToken: parseOpen("0.0005"),
};

/** Part of an adapter's model part that the base asks for and is granted, basis points. */
export const BASE_GRANT_BPS = 1000;

/** A base as registered, with what its adapters' registrations repeat of it. */
export interface RegisteredBase {
  readonly number: bigint;
  readonly weightsRoot: Hex;
  readonly architecture: Parameters<typeof programDescription>[0]["architecture"];
  readonly tokenizerHash: Hex;
}

/** Puts the shipped base into the content store and registers it, unless it is registered. */
export async function registerBaseModel(story: StoryContext): Promise<RegisteredBase> {
  const file = (name: string) => readFile(join(story.modelDir, name));
  const [manifest, weights, tokenizer, config, attribution] = await Promise.all(
    ["manifest.json", "model.safetensors", "tokenizer.json", "config.json", ATTRIBUTION_FILE].map(file),
  );
  const root = weightsRoot(weights!);
  const architecture = JSON.parse(config!.toString("utf8"));
  const tokenizerHash = contentHash(tokenizer!);
  const { program } = decodeBaseManifest(manifest!);

  const files = [manifest!, weights!, tokenizer!, config!, attribution!];
  await Promise.all(files.map((bytes) => story.content.put(bytes)));
  await story.indexCaughtUp();
  const known = (await query.models(story.graph)).find((model) => model.base === null && model.weightsRoot === root);
  if (known !== undefined) return { number: known.number, weightsRoot: root, architecture, tokenizerHash };

  const { event } = await registerBase(story.owner, {
    registration: {
      name: "openledger-base",
      weightsRoot: root,
      programRoot: programRoot(
        programDescription({
          engine: EXACT_ENGINE,
          architecture,
          tokenizerHash,
          baseRoot: root,
          adapterRoot: null,
          programId: program.id,
        }),
      ),
      manifestHash: contentHash(manifest!),
      price: PRICE,
      revenue: { modelBps: 1500, dataBps: 0 },
      derivativeBps: BASE_GRANT_BPS,
    },
  });
  return { number: event.model, weightsRoot: root, architecture, tokenizerHash };
}
