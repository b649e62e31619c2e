import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { sameShape, showShape } from "../onnx/shape.js";
import { type Architecture, parseArchitecture } from "./architecture.js";
import { ModelError } from "./errors.js";
import { parameterShapes, type Weights } from "./parameters.js";
import { readSafetensors, type Tensor } from "./safetensors.js";

export interface Model {
  readonly architecture: Architecture;
  readonly weights: Weights;
}

/**
 * Reads `config.json` and `model.safetensors` of a Hugging Face style folder; weights become fp32. Where the folder has
 * a `manifest.json` that names the weights' hash, the file must have it.
 *
 * @throws ModelError `hash_mismatch`, `weights_malformed`, `weights_missing`, `weights_mismatch`, `config_unsupported`
 */
export async function loadModel(modelDir: string): Promise<Model> {
  const architecture = await loadArchitecture(modelDir);
  const file = join(modelDir, "model.safetensors");
  const bytes = await readFile(file);
  const expected = await manifestWeightsHash(modelDir);
  if (expected !== undefined) checkHash(bytes, expected, file);
  return { architecture, weights: fitWeights(architecture, readSafetensors(bytes, file), file) };
}

/** @throws ModelError `hash_mismatch` when the sha-256 of a file's bytes is not the expected one (0x and 64 digits) */
export function checkHash(bytes: Uint8Array, expected: string, file: string): void {
  const found = `0x${createHash("sha256").update(bytes).digest("hex")}`;
  if (found !== expected.toLowerCase()) {
    const message = `${file}: sha-256 must be ${expected}, found ${found}; fetch the file again`;
    throw new ModelError("hash_mismatch", message);
  }
}

async function manifestWeightsHash(modelDir: string): Promise<string | undefined> {
  let text: string;
  try {
    text = await readFile(join(modelDir, "manifest.json"), "utf8");
  } catch {
    return undefined;
  }
  const hash = (parseJson(text, join(modelDir, "manifest.json")) as { weights?: { hash?: unknown } }).weights?.hash;
  return typeof hash === "string" ? hash : undefined;
}

export async function loadArchitecture(modelDir: string): Promise<Architecture> {
  const file = join(modelDir, "config.json");
  return parseArchitecture(parseJson(await readFile(file, "utf8"), file));
}

function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new ModelError("config_unsupported", `${file} is not JSON`, { cause });
  }
}

/** The tensors that an architecture needs, each of its shape; others are refused. */
export function fitWeights(architecture: Architecture, tensors: ReadonlyMap<string, Tensor>, file: string): Weights {
  const weights = new Map<string, Float32Array>();
  for (const [name, shape] of parameterShapes(architecture)) {
    const tensor = tensors.get(name);
    if (tensor === undefined) throw new ModelError("weights_missing", `${file}: no tensor ${name}`);
    if (!sameShape(tensor.shape, shape)) {
      const found = `${showShape(tensor.shape)}, config.json asks for ${showShape(shape)}`;
      throw new ModelError("weights_mismatch", `${file}: tensor ${name} is ${found}`);
    }
    weights.set(name, tensor.data);
  }
  for (const name of tensors.keys()) {
    if (!weights.has(name))
      throw new ModelError("weights_mismatch", `${file}: tensor ${name} has no place in the model`);
  }
  return weights;
}
