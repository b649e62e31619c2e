import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  ATTRIBUTION_CONTEXT,
  AttributionError,
  basisSample,
  buildSketches,
  fitGradientBasis,
  GradientBasis,
  type GradientBuildOptions,
  type GradientSketches,
  type GradientSource,
  type GradientSubject,
  indexedRecords,
  type SketchKind,
  sampleHash,
  TextGradients,
} from "@openledger/engine";
import { bytesToHex } from "viem";
import type { VersionRecord } from "./readRecords.js";
import type { AdaptedBase } from "./readRegisteredModel.js";

export interface SketchOptions {
  readonly kind: SketchKind;
  readonly threads: number;
  /** Where basis and sketches are kept: a run that was killed goes on, another with other texts only scores. */
  readonly folder: string;
  readonly onProgress?: (phase: string, done: number, all: number) => void;
  readonly signal?: AbortSignal;
}

/** What texts are scored with, open while it is used. */
export interface OpenSketches {
  readonly gradients: TextGradients;
  readonly basis: GradientBasis;
  readonly sketches: GradientSketches;
  /** Most tokens of a text. */
  readonly length: number;
  /** Tokens of each record; none of a copy of an earlier one, and of one too long for the base. */
  readonly ids: readonly (readonly number[])[];
}

/**
 * Sketches of records' gradients through an adapter. As in an index of attribution, a copy of an earlier record has no say, and
 * its original has one.
 *
 * @throws AttributionError `not_finite` names the record; the signal's reason when it is aborted
 */
export async function withRecordSketches<T>(
  model: AdaptedBase,
  records: readonly VersionRecord[],
  { kind, threads, folder, onProgress, signal }: SketchOptions,
  use: (open: OpenSketches) => Promise<T>,
): Promise<T> {
  const length = Math.min(ATTRIBUTION_CONTEXT, model.base.architecture.maxPositions);
  const ids = indexedRecords(
    records.map(({ text }) => text),
    model.tokenizer,
    records.map(({ contribution }) => contribution),
  ).map((record) => (record.ids.length > length ? [] : record.ids));
  const { baseWeightsRoot, adapterWeightsRoot } = model;
  const subject = { baseWeightsRoot, adapterWeightsRoot, length };
  const options = (phase: string): GradientBuildOptions => ({
    onProgress: (done, all) => onProgress?.(phase, done, all),
    ...(signal && { signal }),
  });

  await mkdir(folder, { recursive: true });
  const gradients = await TextGradients.create(model.base, { adapter: model.adapter }, { length, threads });
  try {
    const basis = await keptBasis(join(folder, "basis.bin"), gradients, ids, subject, options("basis"));
    const path = join(folder, `sketches-${kind}.bin`);
    const sketches = await buildSketches(path, gradients, basis, ids, { kind, ...options("records") });
    try {
      return await use({ gradients, basis, sketches, length, ids });
    } finally {
      await sketches.close();
    }
  } finally {
    await gradients.close();
  }
}

/** The basis of an earlier run, if it is of this adapter and these records; else a new one, frozen in the file. */
async function keptBasis(
  path: string,
  source: GradientSource,
  records: readonly (readonly number[])[],
  subject: GradientSubject,
  options: GradientBuildOptions,
): Promise<GradientBasis> {
  const kept = await readBasis(path);
  if (kept !== undefined && isOf(kept, records, subject)) return kept;
  const basis = await fitGradientBasis(source, records, subject, options);
  await writeFile(`${path}.new`, basis.bytes);
  await rename(`${path}.new`, path);
  return basis;
}

async function readBasis(path: string): Promise<GradientBasis | undefined> {
  try {
    return GradientBasis.parse(await readFile(path));
  } catch (error) {
    const isReplaced = error instanceof AttributionError || (error as NodeJS.ErrnoException).code === "ENOENT";
    if (!isReplaced) throw error;
    return undefined;
  }
}

function isOf(
  { subject, fittedOn }: GradientBasis,
  records: readonly (readonly number[])[],
  { baseWeightsRoot, adapterWeightsRoot, length }: GradientSubject,
): boolean {
  const sample = basisSample(records, adapterWeightsRoot);
  return (
    subject.baseWeightsRoot === baseWeightsRoot &&
    subject.adapterWeightsRoot === adapterWeightsRoot &&
    subject.length === length &&
    fittedOn.records === records.length &&
    fittedOn.sampleHash === bytesToHex(sampleHash(records, sample))
  );
}
