import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Adapter, loadModel, type Model, parseAdapter, Tokenizer } from "@openledger/engine";
import {
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
import { StandingsError } from "./StandingsError.js";

/** An adapter with its base, as the chain names them. */
export interface RegisteredAdapter {
  readonly name: string;
  readonly base: Model;
  readonly tokenizer: Tokenizer;
  readonly adapter: Adapter;
  readonly baseWeightsRoot: Hex;
  readonly adapterWeightsRoot: Hex;
  readonly versions: readonly { readonly datanet: bigint; readonly version: number }[];
  readonly split: TrainingManifest["split"];
}

/**
 * Reads a model from the content store by the hashes on chain: its manifest and adapter, and the base's manifest, weights and
 * tokenizer.
 *
 * @param folder Where the base's files are laid for the engine to open
 * @throws StandingsError `not_an_adapter`, `content_mismatch`; ContentUnavailableError, ContentMismatchError,
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
    throw new StandingsError("not_an_adapter", `model ${number} is a base: no record of a Datanet has shaped it`);
  }
  const base = await readModel(reader, model.base);
  const manifest = decodeTrainingManifest(await content.get(model.manifestHash));
  checkRoot(`base of the manifest of model ${number}`, base.weightsRoot, manifest.baseWeightsRoot);
  const { model: baseModel, tokenizer } = await readBase(content, base, folder);
  const weights = await content.get(manifest.weights.hash);
  checkRoot(`adapter of model ${number}`, model.weightsRoot, weightsRoot(weights));
  const files = { config: JSON.stringify(manifest.adapterConfig), weights };
  return {
    name: model.name,
    base: baseModel,
    tokenizer,
    adapter: parseAdapter(files, baseModel.architecture, `model ${number}`),
    baseWeightsRoot: base.weightsRoot,
    adapterWeightsRoot: model.weightsRoot,
    versions: model.versions,
    split: manifest.split,
  };
}

async function readBase(
  content: Pick<ContentClient, "get">,
  base: { readonly weightsRoot: Hex; readonly manifestHash: Hex },
  folder: string,
): Promise<{ readonly model: Model; readonly tokenizer: Tokenizer }> {
  const { weights, document } = decodeBaseManifest(await content.get(base.manifestHash));
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
  await writeFile(join(path, "manifest.json"), canonicalJson({ weights: { hash: weights.hash } }));
  return { model: await loadModel(path), tokenizer: await Tokenizer.load(path) };
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
  throw new StandingsError("content_mismatch", `${what}: the chain has weights root ${onChain}, found ${found}`);
}
