import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  type Adapter,
  type AdapterFiles,
  ATTRIBUTION_FILE,
  loadModel,
  type Model,
  parseAdapter,
  Tokenizer,
} from "@openledger/engine";
import {
  type BaseManifest,
  type ChainReader,
  type ContentClient,
  canonicalJson,
  DocumentReader,
  decodeBaseManifest,
  decodeTrainingManifest,
  type JsonValue,
  readModel,
  type TrainingManifest,
  weightsRoot,
} from "@openledger/sdk";
import type { Hex } from "viem";
import { RegisteredModelError } from "./RegisteredModelError.js";

/** An adapter with its base, and the names that the chain has for them. */
export interface AdaptedBase {
  readonly base: Model;
  readonly tokenizer: Tokenizer;
  readonly adapter: Adapter;
  readonly baseWeightsRoot: Hex;
  readonly adapterWeightsRoot: Hex;
}

/** An adapter as it is registered. */
export interface RegisteredAdapter extends AdaptedBase {
  readonly name: string;
  readonly versions: readonly { readonly datanet: bigint; readonly version: number }[];
  /** How it was trained, as its maker says. */
  readonly manifest: TrainingManifest;
  readonly baseManifest: BaseManifest;
  /** Folder of the base's files, for the engine to open. */
  readonly modelDir: string;
  readonly adapterFiles: AdapterFiles;
}

/**
 * Reads a model from the content store by the hashes on chain: its manifest and adapter, and the base's manifest, weights and
 * tokenizer.
 *
 * @param folder Where the base's files are laid for the engine to open
 * @throws RegisteredModelError `not_an_adapter`, `content_mismatch`; ContentUnavailableError, ContentMismatchError,
 * MalformedDocumentError, ModelError
 */
export async function readRegisteredModel(
  reader: ChainReader,
  content: Pick<ContentClient, "get">,
  number: bigint,
  folder: string,
): Promise<RegisteredAdapter> {
  const model = await readModel(reader, number);
  if (model.base === 0n) {
    throw new RegisteredModelError("not_an_adapter", `model ${number} is a base: no record of a Datanet has shaped it`);
  }
  const base = await readModel(reader, model.base);
  const manifest = decodeTrainingManifest(await content.get(model.manifestHash));
  checkRoot(`base of the manifest of model ${number}`, base.weightsRoot, manifest.baseWeightsRoot);
  const { model: baseModel, tokenizer, modelDir, baseManifest } = await readBase(content, base, folder);
  const weights = await content.get(manifest.weights.hash);
  checkRoot(`adapter of model ${number}`, model.weightsRoot, weightsRoot(weights));
  const adapterFiles = { config: JSON.stringify(manifest.adapterConfig), weights };
  return {
    name: model.name,
    base: baseModel,
    tokenizer,
    adapter: parseAdapter(adapterFiles, baseModel.architecture, `model ${number}`),
    baseWeightsRoot: base.weightsRoot,
    adapterWeightsRoot: model.weightsRoot,
    versions: model.versions,
    manifest,
    baseManifest,
    modelDir,
    adapterFiles,
  };
}

interface ReadBase {
  readonly model: Model;
  readonly tokenizer: Tokenizer;
  readonly modelDir: string;
  readonly baseManifest: BaseManifest;
}

async function readBase(
  content: Pick<ContentClient, "get">,
  base: { readonly weightsRoot: Hex; readonly manifestHash: Hex },
  folder: string,
): Promise<ReadBase> {
  const baseManifest = decodeBaseManifest(await content.get(base.manifestHash));
  const { weights, document } = baseManifest;
  const fields = new DocumentReader("base manifest", document);
  const architecture = withFractions(fields.field("architecture").raw as JsonValue);
  const tokenizer = await content.get(fields.field("tokenizer").field("hash").bytes32());
  const bytes = await content.get(weights.hash);
  checkRoot("base", base.weightsRoot, weightsRoot(bytes));
  const path = join(folder, base.weightsRoot);
  await mkdir(path, { recursive: true });
  await writeFile(join(path, "config.json"), JSON.stringify(architecture));
  await writeFile(join(path, "tokenizer.json"), tokenizer);
  await writeFile(join(path, "model.safetensors"), bytes);
  await writeFile(join(path, "manifest.json"), canonicalJson({ weights }));
  return { model: await loadModel(path), tokenizer: await Tokenizer.load(path), modelDir: path, baseManifest };
}

/**
 * Lays a base's attribution file beside its weights, without which it attributes nothing.
 *
 * @throws RegisteredModelError `no_attribution` where the base has none; ContentUnavailableError, ContentMismatchError
 */
export async function layAttribution(
  content: Pick<ContentClient, "get">,
  { modelDir, baseManifest }: Pick<RegisteredAdapter, "modelDir" | "baseManifest">,
): Promise<void> {
  const { weights, document } = baseManifest;
  const attribution = new DocumentReader("base manifest", document).field("attribution");
  if (!attribution.present) {
    throw new RegisteredModelError(
      "no_attribution",
      "the manifest of the base names no attribution file: it has no codes",
    );
  }
  const hash = attribution.field("hash").bytes32();
  const file = await content.get(hash);
  await writeFile(join(modelDir, ATTRIBUTION_FILE), file);
  const manifest = { weights, attribution: { hash, bytes: file.length } };
  await writeFile(join(modelDir, "manifest.json"), canonicalJson(manifest));
}

/** Manifests hold fractions as text, see `fractionsAsText`; no text of an architecture looks like one. */
export function withFractions(value: JsonValue | undefined): unknown {
  if (typeof value === "string") return /^-?\d+(\.\d+)?(e[+-]?\d+)?$/.test(value) ? Number(value) : value;
  if (Array.isArray(value)) return value.map(withFractions);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, withFractions(member)]));
}

function checkRoot(what: string, onChain: Hex, found: Hex): void {
  if (found === onChain) return;
  throw new RegisteredModelError("content_mismatch", `${what}: the chain has weights root ${onChain}, found ${found}`);
}
