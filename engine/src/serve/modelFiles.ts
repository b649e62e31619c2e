import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { contentHash, type ProgramRef, weightsRoot } from "@openledger/sdk";
import { ATTRIBUTION_FILE, type AttributionBase, parseAttributionBase } from "../attribute/AttributionBase.js";
import type { Architecture } from "../model/architecture.js";
import { bytesSource } from "../model/ByteSource.js";
import { importWeights } from "../model/importWeights.js";
import { loadArchitecture } from "../model/model-folder.js";
import type { Weights } from "../model/parameters.js";
import { TensorFile } from "../model/TensorFile.js";
import { TensorFolder } from "../model/TensorFolder.js";
import { checkTokenizer } from "../model/tokenizer.js";
import { RuntimeError } from "./errors.js";

type Hex = `0x${string}`;

/** A model folder whose weights are those that its manifest names. */
export interface ModelFiles {
  readonly architecture: Architecture;
  readonly weights: Weights;
  readonly weightsHash: Hex;
  readonly weightsRoot: Hex;
  /** The exact program that the manifest says the model compiles to, if it says so. */
  readonly program: ProgramRef | undefined;
}

/**
 * Reads a model folder and checks `model.safetensors` against hash and root of `manifest.json`.
 *
 * @throws RuntimeError `manifest_malformed`, `weights_mismatch`; ModelError when the folder is no model that runs here
 */
export async function readModelFiles(modelDir: string): Promise<ModelFiles> {
  const manifest = await readManifest(modelDir);
  const file = join(modelDir, "model.safetensors");
  const bytes = await readFile(file);
  const hash = contentHash(bytes);
  requireEqual(file, "hash", manifest.weights.hash, hash);
  const root = weightsRoot(bytes);
  requireEqual(file, "root", manifest.weights.root, root);

  const architecture = await loadArchitecture(modelDir);
  await checkTokenizer(modelDir, architecture);
  const tensors = TensorFolder.single(await TensorFile.open(bytesSource(bytes, file)));
  const weights = await importWeights(architecture, tensors);
  return { architecture, weights, weightsHash: hash, weightsRoot: root, program: manifest.program };
}

/** What a program's description names of a folder besides its weights. */
export async function readDescribedFiles(
  modelDir: string,
): Promise<{ readonly config: unknown; readonly tokenizerHash: Hex }> {
  const [config, tokenizer] = await Promise.all([
    readFile(join(modelDir, "config.json"), "utf8"),
    readFile(join(modelDir, "tokenizer.json")),
  ]);
  return { config: JSON.parse(config), tokenizerHash: contentHash(tokenizer) };
}

/**
 * The attribution part of a base, or undefined where the manifest names none.
 *
 * @throws RuntimeError `weights_mismatch`; AttributionError `base_malformed`
 */
export async function readAttributionBase(
  modelDir: string,
): Promise<{ readonly base: AttributionBase; readonly hash: Hex } | undefined> {
  const { attribution } = await readManifest(modelDir);
  if (attribution === undefined) return undefined;
  const file = join(modelDir, ATTRIBUTION_FILE);
  const bytes = await readFile(file);
  const hash = contentHash(bytes);
  requireEqual(file, "hash", attribution.hash, hash);
  return { base: parseAttributionBase(bytes), hash };
}

interface Manifest {
  readonly weights: { readonly hash: string; readonly root: string };
  readonly program: ProgramRef | undefined;
  readonly attribution: { readonly hash: string } | undefined;
}

async function readManifest(modelDir: string): Promise<Manifest> {
  const file = join(modelDir, "manifest.json");
  const malformed = (detail: string, cause?: unknown): RuntimeError =>
    new RuntimeError("manifest_malformed", `${file}: ${detail}; export the model again`, { cause });
  let manifest: { [part in "weights" | "attribution" | "program"]?: Record<string, unknown> };
  try {
    manifest = JSON.parse(await readFile(file, "utf8"));
  } catch (cause) {
    throw malformed(`cannot be read as JSON (${String(cause)})`, cause);
  }
  if (typeof manifest !== "object" || manifest === null) throw malformed("is no object");
  const { hash, root } = manifest.weights ?? {};
  if (typeof hash !== "string" || typeof root !== "string") throw malformed("names no weights.hash and weights.root");
  const attribution = manifest.attribution?.hash;
  if (manifest.attribution !== undefined && typeof attribution !== "string")
    throw malformed("names no attribution.hash");
  const program = programRefOf(manifest.program);
  if (manifest.program !== undefined && program === undefined)
    throw malformed("names no program.tier, program.arithmetic and program.id");
  return {
    weights: { hash, root },
    program,
    attribution: typeof attribution === "string" ? { hash: attribution } : undefined,
  };
}

function programRefOf(program: Record<string, unknown> | null | undefined): ProgramRef | undefined {
  const { tier, arithmetic, id } = program ?? {};
  if (typeof tier !== "string" || typeof arithmetic !== "string" || typeof id !== "string" || !isHex(id))
    return undefined;
  return { tier, arithmetic, id };
}

function isHex(text: string): text is Hex {
  return /^0x[0-9a-f]{64}$/.test(text);
}

function requireEqual(file: string, what: string, wanted: string, found: string): void {
  if (wanted.toLowerCase() === found) return;
  throw new RuntimeError(
    "weights_mismatch",
    `${file}: the manifest names ${what} ${wanted}, the file has ${found}; fetch the file again`,
  );
}
