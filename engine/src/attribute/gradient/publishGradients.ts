import { readFile } from "node:fs/promises";
import { encodeGradientsFile } from "@openledger/sdk";
import type { Hex } from "../hex.js";
import { type FileSink, putFile } from "../segments/putFile.js";
import { GradientBasis } from "./GradientBasis.js";
import { GradientSketches } from "./GradientSketches.js";

export interface GradientPaths {
  readonly basis: string;
  readonly sketches: string;
}

/**
 * Puts a basis and its sketches where nodes fetch them, in parts, and last of all the file that lists them. Doing it again
 * changes nothing. Memory: the basis, and a part.
 *
 * @returns SHA-256 of the listing file: what a card commits to
 * @throws AttributionError `gradients_malformed`, `gradients_mismatch`; what `put` throws
 */
export async function publishGradients(
  paths: GradientPaths,
  sink: FileSink,
  options: { readonly signal?: AbortSignal } = {},
): Promise<Hex> {
  const basis = GradientBasis.parse(await readFile(paths.basis));
  const sketches = await GradientSketches.open(paths.sketches);
  await sketches.close();
  const listed = encodeGradientsFile({
    basisRoot: basis.root,
    sketchesRoot: sketches.root,
    basis: await putFile(paths.basis, sink, options),
    sketches: await putFile(paths.sketches, sink, options),
  });
  return (await sink.put(listed, options)).hash;
}
