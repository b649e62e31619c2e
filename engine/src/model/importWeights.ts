import { sameShape, showShape } from "../onnx/shape.js";
import type { Architecture } from "./architecture.js";
import { ModelError } from "./errors.js";
import { EMBEDDING, HEAD, parameterShapes, type Weights } from "./parameters.js";
import type { Tensor } from "./safetensors.js";
import { shortened } from "./shown.js";
import { BODY_PREFIX, isRedundant, type StoredTensor, storedTensors } from "./storedTensors.js";
import type { TensorFolder } from "./TensorFolder.js";

/**
 * The parameters that an architecture needs, from a family's files: renamed, split and transposed into the project's
 * layout. All is checked against the headers before the first tensor is read.
 *
 * @throws ModelError `weights_missing`, `weights_mismatch` for another shape and for a tensor that has no place,
 * `weights_malformed` as `TensorFile.read`
 */
export async function importWeights(architecture: Architecture, folder: TensorFolder): Promise<Weights> {
  const prefix = prefixOf(architecture, folder);
  const stored = storedTensors(architecture, prefix);
  checkTensors(architecture, folder, stored, prefix);

  const weights = new Map<string, Float32Array>();
  const shapes = parameterShapes(architecture);
  for (const tensor of stored) {
    const data = await folder.read(tensor.name);
    for (const [name, part] of partsOf(tensor, data, shapes)) weights.set(name, part);
  }
  if (architecture.head === "tied" && folder.entry(HEAD) !== undefined) await checkTiedHead(folder, weights);
  return weights;
}

/** The tensors of a model as its family's files store them; `importWeights` gives the weights back. */
export function exportTensors(architecture: Architecture, weights: Weights): Map<string, Tensor> {
  const tensors = new Map<string, Tensor>();
  for (const { name, shape, layout, parameters } of storedTensors(architecture, BODY_PREFIX[architecture.family])) {
    const joined = joinParts(parameters.map((parameter) => weights.get(parameter)!));
    const data = layout === "plain" ? joined : transposed(joined, shape[1]!, shape[0]!);
    tensors.set(name, { shape, data });
  }
  return tensors;
}

/** The body's prefix, or none where the embedding table has none. */
function prefixOf(architecture: Architecture, folder: TensorFolder): string {
  const [bare] = storedTensors(architecture, "");
  return folder.entry(bare!.name) === undefined ? BODY_PREFIX[architecture.family] : "";
}

function checkTensors(a: Architecture, folder: TensorFolder, stored: readonly StoredTensor[], prefix: string): void {
  const known = new Set(stored.map(({ name }) => name));
  for (const { name, shape } of stored) {
    const found = folder.entry(name)?.shape;
    if (found === undefined) throw new ModelError("weights_missing", `${folder.place(name)}: no tensor ${name}`);
    if (!sameShape(found, shape)) {
      const shapes = `${showShape(found)}, config.json asks for ${showShape(shape)}`;
      throw new ModelError("weights_mismatch", `${folder.place(name)}: tensor ${name} is ${shapes}`);
    }
  }
  for (const name of folder.names) {
    if (known.has(name) || isRedundant(a, name, prefix) || (name === HEAD && a.head === "tied")) continue;
    throw new ModelError(
      "weights_mismatch",
      `${folder.place(name)}: tensor ${shortened(name)} has no place in the model`,
    );
  }
}

/** A stored output projection of a model that is tied must be the embedding table, bit for bit. */
async function checkTiedHead(folder: TensorFolder, weights: Weights): Promise<void> {
  const embedding = weights.get(EMBEDDING)!;
  const head = await folder.read(HEAD);
  const bits = (data: Float32Array): Uint32Array => new Uint32Array(data.buffer, data.byteOffset, data.length);
  const [wanted, found] = [bits(embedding), bits(head)];
  if (found.length === wanted.length && found.every((value, i) => value === wanted[i])) return;
  throw new ModelError(
    "weights_mismatch",
    `${folder.place(HEAD)}: ${HEAD} is not the embedding table, though config.json ties them; set tie_word_embeddings to false`,
  );
}

function* partsOf(
  { shape, layout, parameters }: StoredTensor,
  data: Float32Array,
  shapes: ReadonlyMap<string, readonly number[]>,
): Generator<[string, Float32Array]> {
  const rows = layout === "plain" ? data : transposed(data, shape[0]!, shape[1]!);
  if (parameters.length === 1) {
    yield [parameters[0]!, rows];
    return;
  }
  let at = 0;
  for (const parameter of parameters) {
    const end = at + shapes.get(parameter)!.reduce((size, dim) => size * dim, 1);
    // A copy: a part that kept the whole alive would hold its memory after the others are gone.
    yield [parameter, rows.slice(at, end)];
    at = end;
  }
}

function joinParts(parts: readonly Float32Array[]): Float32Array {
  const [first] = parts;
  if (parts.length === 1) return first!;
  const out = new Float32Array(parts.reduce((size, part) => size + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

/** `[rows, columns]` as `[columns, rows]`. */
function transposed(data: Float32Array, rows: number, columns: number): Float32Array {
  const out = new Float32Array(data.length);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) out[column * rows + row] = data[row * columns + column]!;
  }
  return out;
}
