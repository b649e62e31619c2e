/** A real model folder for tests: a small Llama with its weights' manifest and a fitted attribution part. */
import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  ATTRIBUTION_FILE,
  DEFAULT_ARITHMETIC,
  DEFAULT_TIER,
  fitAttributionBase,
  loadModel,
  openRuntime,
  Tokenizer,
} from "@openledger/engine";
import { repositoryRoot } from "@openledger/script";
import { contentHash, weightsRoot } from "@openledger/sdk";

const fixture = join(repositoryRoot, "engine", "fixtures", "llama");

/** Pieces of text that differ, so that whitening has directions to find. */
export function testTexts(count: number, topic: string): readonly string[] {
  return Array.from(
    { length: count },
    (_, at) =>
      `${topic} ${at}: const ${topic}${at * 7} = (x) => x ** ${at} + "${topic.repeat((at % 3) + 1)}"; // ${at * at}`,
  );
}

export async function makeTestModel(folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  for (const name of ["config.json", "model.safetensors", "tokenizer.json"]) {
    cpSync(join(fixture, name), join(folder, name));
  }
  const bytes = readFileSync(join(folder, "model.safetensors"));
  const weights = { hash: contentHash(bytes), root: weightsRoot(bytes) };
  const writeManifest = (more: object) =>
    writeFileSync(join(folder, "manifest.json"), JSON.stringify({ format: "openledger.base/1", weights, ...more }));
  writeManifest({});

  const tokenizer = await Tokenizer.load(folder);
  const runtime = await openRuntime({ modelDir: folder });
  const texts = testTexts(80, "decoy").map((text) => tokenizer.encode(text).slice(0, 200));
  const attribution = await fitAttributionBase(runtime, await loadModel(folder), texts);
  await runtime.close();
  writeFileSync(join(folder, ATTRIBUTION_FILE), attribution);
  const parts = { attribution: { hash: contentHash(attribution) } };
  writeManifest(parts);
  const fitted = await openRuntime({ modelDir: folder });
  writeManifest({ ...parts, program: { tier: DEFAULT_TIER, arithmetic: DEFAULT_ARITHMETIC, id: fitted.programId } });
  await fitted.close();
}

/** The adapter that belongs to the small Llama. */
export function testAdapter(): { readonly config: Record<string, unknown>; readonly weights: Uint8Array } {
  return {
    config: JSON.parse(readFileSync(join(fixture, "adapter", "adapter_config.json"), "utf8")) as Record<
      string,
      unknown
    >,
    weights: readFileSync(join(fixture, "adapter", "adapter_model.safetensors")),
  };
}
