import { readFileSync } from "node:fs";
import { cp, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  ATTRIBUTION_FILE,
  DEFAULT_ARITHMETIC,
  DEFAULT_TIER,
  exportTensors,
  fitAttributionBase,
  loadArchitecture,
  loadModel,
  openRuntime,
  Tokenizer,
  writeSafetensors,
} from "@openledger/engine";
import { contentHash, weightsRoot } from "@openledger/sdk";
import { echoWeights } from "./echoWeights.js";
import { RECORDS_EACH, recordText, SUBJECTS } from "./tales.js";

const fixture = fileURLToPath(new URL("../../../engine/fixtures/llama/", import.meta.url));

/** A small model folder with everything that attribution reads; it tells the tales of tests. */
export async function makeBaseModel(modelDir: string): Promise<void> {
  await mkdir(modelDir, { recursive: true });
  for (const name of ["config.json", "tokenizer.json"]) await cp(join(fixture, name), join(modelDir, name));
  const tokenizer = await Tokenizer.load(modelDir);
  const architecture = await loadArchitecture(modelDir);
  const tales = Array.from({ length: SUBJECTS * RECORDS_EACH }, (_, i) =>
    tokenizer.encode(recordText(i % SUBJECTS, Math.floor(i / SUBJECTS))),
  );
  const bytes = writeSafetensors(exportTensors(architecture, echoWeights(architecture, tales)), "F32");
  await writeFile(join(modelDir, "model.safetensors"), bytes);
  const weights = { hash: contentHash(bytes), root: weightsRoot(bytes) };
  const config = JSON.parse(readFileSync(join(modelDir, "config.json"), "utf8")) as unknown;
  const writeManifest = (more: object) =>
    writeFile(
      join(modelDir, "manifest.json"),
      JSON.stringify({ format: "openledger.base/1", architecture: config, weights, ...more }),
    );
  await writeManifest({});

  const runtime = await openRuntime({ modelDir });
  const texts = Array.from({ length: 80 }, (_, at) => tokenizer.encode(publicText(at)).slice(0, 200));
  const attribution = await fitAttributionBase(runtime, await loadModel(modelDir), texts);
  await runtime.close();
  await writeFile(join(modelDir, ATTRIBUTION_FILE), attribution);
  const parts = { attribution: { hash: contentHash(attribution) } };
  await writeManifest(parts);

  const fitted = await openRuntime({ modelDir });
  await writeManifest({
    ...parts,
    program: { tier: DEFAULT_TIER, arithmetic: DEFAULT_ARITHMETIC, id: fitted.programId },
  });
  await fitted.close();
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
