import { createHash } from "node:crypto";
import { join } from "node:path";
import type { Architecture } from "./architecture.js";
import { ModelError } from "./errors.js";
import { importWeights } from "./importWeights.js";
import type { Weights } from "./parameters.js";
import { parseArchitecture } from "./parseArchitecture.js";
import { readOptionalText, readText } from "./readText.js";
import { shown } from "./shown.js";
import { TensorFolder } from "./TensorFolder.js";
import { checkTokenizer } from "./tokenizer.js";

export interface Model {
  readonly architecture: Architecture;
  readonly weights: Weights;
}

/**
 * Reads `config.json` and the safetensors of a Hugging Face style folder, whole or in shards; weights become fp32 in the
 * project's names. Where the folder has a `tokenizer.json`, its tokens must be rows of the embedding table. Where it has
 * a `manifest.json` that names the weights' hash, `model.safetensors` must have it.
 *
 * @throws ModelError `file_unreadable`, `config_unsupported`, `tokenizer_unsupported`, `hash_mismatch`,
 * `weights_malformed`, `weights_missing`, `weights_mismatch`
 */
export async function loadModel(modelDir: string): Promise<Model> {
  const architecture = await loadArchitecture(modelDir);
  await checkTokenizer(modelDir, architecture);
  const expected = await manifestWeightsHash(modelDir);
  const folder = await TensorFolder.open(modelDir);
  try {
    if (expected !== undefined) await checkFolderHash(folder, expected, modelDir);
    return { architecture, weights: await importWeights(architecture, folder) };
  } finally {
    await folder.close();
  }
}

/** @throws ModelError `hash_mismatch` when the sha-256 of a file's bytes is not the expected one (0x and 64 digits) */
export function checkHash(bytes: Uint8Array, expected: string, file: string): void {
  requireHash(createHash("sha256").update(bytes).digest("hex"), expected, file);
}

export async function loadArchitecture(modelDir: string): Promise<Architecture> {
  const file = join(modelDir, "config.json");
  return parseArchitecture(parseJson(await readText(file), file));
}

async function checkFolderHash({ files }: TensorFolder, expected: string, modelDir: string): Promise<void> {
  const [file] = files;
  if (file === undefined || files.length > 1) {
    const found = `${modelDir} has ${files.length} shards, of which its manifest names one hash`;
    throw new ModelError("hash_mismatch", `${found}; export the weights as one file`);
  }
  requireHash(await file.sha256(), expected, file.name);
}

function requireHash(digest: string, expected: string, file: string): void {
  const found = `0x${digest}`;
  if (found === expected.toLowerCase()) return;
  throw new ModelError("hash_mismatch", `${file}: sha-256 must be ${expected}, found ${found}; fetch the file again`);
}

/** Undefined where there is no manifest, or one that says nothing of weights; one that says it wrongly is an error. */
async function manifestWeightsHash(modelDir: string): Promise<string | undefined> {
  const file = join(modelDir, "manifest.json");
  const text = await readOptionalText(file);
  if (text === undefined) return undefined;
  const refuse = (what: string, found: unknown): ModelError =>
    new ModelError("config_unsupported", `${file}: ${what}, found ${shown(found)}; fetch the manifest again`);
  const manifest = parseJson(text, file);
  if (!isObject(manifest)) throw refuse("the file must be a JSON object", manifest);
  const { weights } = manifest;
  if (weights === undefined) return undefined;
  if (!isObject(weights)) throw refuse("weights must be an object with the hash of the weights", weights);
  const { hash } = weights;
  if (typeof hash === "string" && /^0x[0-9a-f]{64}$/i.test(hash)) return hash;
  throw refuse("weights.hash must be 0x and 64 hexadecimal digits", hash);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new ModelError("config_unsupported", `${file} is not JSON`, { cause });
  }
}
