import { cpSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { contentHash, weightsRoot } from "@openledger/sdk";
import { ATTRIBUTION_FILE } from "../attribute/AttributionBase.js";

/** A small Llama with random weights, see `fixtures/llama`. */
export const LLAMA = fileURLToPath(new URL("../../fixtures/llama/", import.meta.url));

/** A copy of the small model in a folder of its own, with a manifest that fits, and an adapter under `adapter/`. */
export function copyTestModel(): string {
  const dir = mkdtempSync(join(tmpdir(), "openledger-model-"));
  cpSync(LLAMA, dir, { recursive: true });
  const bytes = readFileSync(join(dir, "model.safetensors"));
  const weights = { hash: contentHash(bytes), root: weightsRoot(bytes) };
  writeFileSync(join(dir, "manifest.json"), JSON.stringify({ weights }));
  writeFileSync(join(dir, "adapter", "manifest.json"), JSON.stringify({ baseWeightsRoot: weights.root }));
  return dir;
}

/** Stores an attribution part in a model folder and names it in the manifest. */
export function addAttribution(dir: string, bytes: Uint8Array): void {
  const file = join(dir, "manifest.json");
  const manifest = JSON.parse(readFileSync(file, "utf8")) as object;
  writeFileSync(join(dir, ATTRIBUTION_FILE), bytes);
  writeFileSync(file, JSON.stringify({ ...manifest, attribution: { hash: contentHash(bytes) } }));
}
