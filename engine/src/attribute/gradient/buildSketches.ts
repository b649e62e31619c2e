import { rename } from "node:fs/promises";
import { domainHash, loadKeccak, merkleRoot } from "@openledger/sdk";
import { AttributionError } from "../errors.js";
import { type Hex, hexBytes, hexOf } from "../hex.js";
import { checkSketches, isOfRecord, sameHead } from "./checkSketches.js";
import { checkLengths, type GradientBuildOptions, type GradientSource } from "./fitGradientBasis.js";
import type { GradientBasis } from "./GradientBasis.js";
import { GradientSketches } from "./GradientSketches.js";
import { ofRecord } from "./ofRecord.js";
import { SketchFile } from "./SketchFile.js";
import { type SketchKind, sketchOf } from "./sketch.js";
import { type SketchesHead, sketchesRoot } from "./sketchesRoot.js";
import { tokensHash } from "./tokensHash.js";

/**
 * Sketches of records, one at a time, into a file. What is on disk of the same records under the same basis is taken as it is: a build
 * that was killed goes on where it was, from `<path>.part`, and one that was done is opened. Any other file is replaced. One
 * process at a time builds a file.
 *
 * @param records Tokens of each, in their order; one of none has a sketch of zeros, whose score is always 0
 * @throws AttributionError `record_too_long` before any work is done; `not_finite` names the record. The signal's reason when
 * it is aborted.
 */
export async function buildSketches(
  path: string,
  source: GradientSource,
  basis: GradientBasis,
  records: readonly (readonly number[])[],
  { kind, onProgress, signal }: GradientBuildOptions & { readonly kind: SketchKind },
): Promise<GradientSketches> {
  checkLengths(records, basis.subject.length);
  const sizes = basis.matrices.map(({ rows, columns }) => rows * columns);
  const head = { kind, records: records.length, basisRoot: basis.root, sizes };
  const done = await openBuilt(path, head, records);
  if (done !== undefined) return done;

  const part = `${path}.part`;
  const file = await openPart(part, head);
  try {
    const leaves = await keptLeaves(file, records);
    for (let record = leaves.length; record < records.length; record++) {
      signal?.throwIfAborted();
      const ids = records[record]!;
      const sketch = await ofRecord(record, () => sketchRecord(source, basis, ids, kind));
      const row = file.layout.encode({ record, tokensHash: tokensHash(ids), ...sketch });
      leaves.push(hexOf(await file.writeRow(record, row)));
      onProgress?.(record + 1, records.length);
    }
    const root = sketchesRoot(head, merkleRoot(domainHash("GradientSketch"), leaves));
    await file.write(file.rootAt, hexBytes(root));
    await file.handle.sync();
  } finally {
    await file.close();
  }
  await rename(part, path);
  return GradientSketches.open(path);
}

async function sketchRecord(source: GradientSource, basis: GradientBasis, ids: readonly number[], kind: SketchKind) {
  // no model says anything of no tokens
  if (ids.length === 0)
    return sketchOf(
      basis.matrices.map(({ rows, columns }) => new Float64Array(rows * columns)),
      kind,
    );
  return sketchOf(basis.whiten(await source.of(ids)), kind);
}

/** The file, when it is whole and of these records. */
async function openBuilt(
  path: string,
  head: SketchesHead,
  records: readonly (readonly number[])[],
): Promise<GradientSketches | undefined> {
  let built: GradientSketches;
  try {
    built = await GradientSketches.open(path);
  } catch (error) {
    const isReplaced = error instanceof AttributionError || (error as NodeJS.ErrnoException).code === "ENOENT";
    if (!isReplaced) throw error;
    return undefined;
  }
  try {
    await checkSketches(built, head, records);
    return built;
  } catch (error) {
    await built.close();
    if (error instanceof AttributionError) return undefined;
    throw error;
  }
}

async function openPart(part: string, head: SketchesHead): Promise<SketchFile> {
  const keccak = await loadKeccak();
  try {
    const file = await SketchFile.open(part, "r+", keccak);
    if (sameHead(head, file.head)) return file;
    await file.close();
  } catch (error) {
    const isReplaced = error instanceof AttributionError || (error as NodeJS.ErrnoException).code === "ENOENT";
    if (!isReplaced) throw error;
  }
  return SketchFile.create(part, head, keccak);
}

/** Leaves of the first rows that are whole and of these records. */
async function keptLeaves(file: SketchFile, records: readonly (readonly number[])[]): Promise<Hex[]> {
  const leaves: Hex[] = [];
  for (const [record, ids] of records.entries()) {
    const found = await file.row(record);
    if (found === undefined || !isOfRecord(file.layout.decode(found.row), record, ids)) break;
    leaves.push(hexOf(found.leaf));
  }
  return leaves;
}
