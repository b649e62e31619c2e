import { readFileSync } from "node:fs";
import { cp, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { ATTRIBUTION_FILE, fitAttributionBase, openRuntime, Tokenizer } from "@openledger/engine";
import { contentHash, weightsRoot } from "@openledger/sdk";

const fixture = fileURLToPath(new URL("../../../engine/fixtures/llama/", import.meta.url));

/** A small model folder with everything that attribution reads: real files, random weights. */
export async function makeBaseModel(modelDir: string): Promise<void> {
  await mkdir(modelDir, { recursive: true });
  for (const name of ["config.json", "model.safetensors", "tokenizer.json"]) {
    await cp(join(fixture, name), join(modelDir, name));
  }
  const bytes = readFileSync(join(modelDir, "model.safetensors"));
  const weights = { hash: contentHash(bytes), root: weightsRoot(bytes) };
  const manifest = join(modelDir, "manifest.json");
  await writeFile(manifest, JSON.stringify({ weights }));

  const runtime = await openRuntime({ modelDir });
  try {
    const tokenizer = await Tokenizer.load(modelDir);
    const texts = Array.from({ length: 80 }, (_, at) => tokenizer.encode(publicText(at)).slice(0, 200));
    const attribution = await fitAttributionBase(runtime, texts);
    await writeFile(join(modelDir, ATTRIBUTION_FILE), attribution);
    await writeFile(manifest, JSON.stringify({ weights, attribution: { hash: contentHash(attribution) } }));
  } finally {
    await runtime.close();
  }
}

function publicText(at: number): string {
  const subjects = ["A river", "The compiler", "Every queue", "One sailor", "This formula", "Her garden", "Old glass"];
  const verbs = ["carries", "forgets", "reorders", "measures", "repeats", "borrows", "counts"];
  const objects = ["stones of many colours", "its own arguments", "the winter grain", "twelve small numbers", "salt"];
  return Array.from({ length: 6 }, (_, line) => {
    const seed = at * 7 + line * 3;
    return `${subjects[seed % 7]} ${verbs[(seed + at) % 7]} ${objects[(seed * 5 + at) % 5]}.`;
  }).join(" ");
}
