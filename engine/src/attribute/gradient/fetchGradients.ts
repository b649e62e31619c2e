import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { decodeGradientsFile } from "@openledger/sdk";
import { AttributionError } from "../errors.js";
import { type Hex, hexOf } from "../hex.js";
import { type FileSource, fetchFile } from "../segments/fetchFile.js";
import { basisSample, sampleHash } from "./basisSample.js";
import { checkSketches } from "./checkSketches.js";
import { basisBytes, describeMatrices, GradientBasis, type GradientSubject } from "./GradientBasis.js";
import { GradientSketches } from "./GradientSketches.js";
import { sketchesBytes } from "./SketchFile.js";
import type { SketchKind } from "./sketch.js";
import type { GradientMatrix } from "./TextGradients.js";

/** What fetched sketches have to be of. */
export interface WantedGradients {
  readonly subject: GradientSubject;
  /** Of the adapter, in the order of its gradients. */
  readonly matrices: readonly GradientMatrix[];
  /** Tokens of each record, in their order. */
  readonly records: readonly (readonly number[])[];
}

export interface FetchedGradients {
  readonly basis: GradientBasis;
  /** Whoever has them closes them. */
  readonly sketches: GradientSketches;
}

/**
 * Fetches the basis and sketches that a gradients file lists, and opens them: both roots are recomputed, and they are held against
 * what they have to be of. How large they are follows from that, and nothing larger is fetched. What was fetched before is not
 * asked for again; a fetch that was cut short goes on. That axes and gradients are what the sample and the records give
 * is not checked: who doubts it builds his own and compares.
 *
 * @param folder Of these gradients alone
 * @param dataHash Of the gradients file
 * @throws AttributionError `gradients_mismatch`, `gradients_malformed`, `index_mismatch` for parts of another file;
 * MalformedDocumentError; what `source` throws; what keeps the system from writing; the signal's reason
 */
export async function fetchGradients(
  folder: string,
  dataHash: Hex,
  source: FileSource,
  wanted: WantedGradients,
  options: { readonly signal?: AbortSignal } = {},
): Promise<FetchedGradients> {
  const listed = decodeGradientsFile(await source.get(dataHash, options));
  const { matrices, records, subject } = wanted;
  requireEqual(dataHash, "bytes of a basis", basisBytes(matrices), listed.basis.byteLength);
  const sizes = matrices.map(({ rows, columns }) => rows * columns);
  const head = { records: records.length, basisRoot: listed.basisRoot, sizes };
  const kinds: readonly SketchKind[] = ["1-bit", "int8"];
  if (!kinds.some((kind) => sketchesBytes({ kind, ...head }) === listed.sketches.byteLength)) {
    throw mismatch(dataHash, `bytes of ${records.length} sketches`, `${listed.sketches.byteLength}`);
  }

  await mkdir(folder, { recursive: true });
  const [basisPath, sketchesPath] = [join(folder, "basis.bin"), join(folder, "sketches.bin")];
  await fetchFile(basisPath, listed.basis, source, options.signal);
  const basis = GradientBasis.parse(await readFile(basisPath));
  requireEqual(dataHash, "basis", listed.basisRoot, basis.root);
  for (const name of ["baseWeightsRoot", "adapterWeightsRoot", "length"] as const) {
    requireEqual(dataHash, `${name} of the basis`, subject[name], basis.subject[name]);
  }
  requireEqual(dataHash, "matrices of the basis", describeMatrices(matrices), describeMatrices(basis.matrices));

  await fetchFile(sketchesPath, listed.sketches, source, options.signal);
  const sketches = await GradientSketches.open(sketchesPath);
  try {
    requireEqual(dataHash, "sketches", listed.sketchesRoot, sketches.root);
    await checkSketches(sketches, { kind: sketches.kind, ...head }, records);
    const sample = basisSample(records, subject.adapterWeightsRoot);
    requireEqual(dataHash, "records that the basis was fitted on", records.length, basis.fittedOn.records);
    requireEqual(dataHash, "sample of the basis", hexOf(sampleHash(records, sample)), basis.fittedOn.sampleHash);
    return { basis, sketches };
  } catch (error) {
    await sketches.close();
    throw error;
  }
}

function requireEqual(dataHash: Hex, what: string, wanted: string | number, found: string | number): void {
  if (found !== wanted) throw mismatch(dataHash, `${what} ${wanted}`, `${found}`);
}

function mismatch(dataHash: Hex, wanted: string, found: string): AttributionError {
  return new AttributionError("gradients_mismatch", `gradients file ${dataHash}: expected ${wanted}, found ${found}`);
}
