import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  ATTRIBUTION_CONTEXT,
  AttributionError,
  BothEnds,
  basisSample,
  buildSketches,
  describeMatrices,
  type FetchedGradients,
  type FileSource,
  fetchGradients,
  fitGradientBasis,
  GradientBasis,
  type GradientBuildOptions,
  type GradientMatrix,
  type GradientPaths,
  type GradientSketches,
  type GradientSource,
  type GradientSubject,
  indexedRecords,
  type SketchKind,
  sampleHash,
  type WantedGradients,
} from "@openledger/engine";
import { OpenLedgerError } from "@openledger/sdk";
import { bytesToHex, type Hex } from "viem";
import { RegisteredModelError } from "./RegisteredModelError.js";
import type { VersionRecord } from "./readRecords.js";
import type { AdaptedBase } from "./readRegisteredModel.js";

export interface SketchOptions {
  /** Of sketches that are made here. */
  readonly kind: SketchKind;
  readonly threads: number;
  /** Basis and sketches that are taken instead of making some: SHA-256 of their `GradientsFile`, and where it is got. */
  readonly committed?: { readonly hash: Hex; readonly content: FileSource } | undefined;
  /** Where basis and sketches are kept: a run that was killed goes on, another with other texts only scores. */
  readonly folder: string;
  readonly onProgress?: (phase: string, done: number, all: number) => void;
  readonly signal?: AbortSignal;
}

/** What texts are scored with, open while it is used. */
export interface OpenSketches {
  readonly gradients: GradientSource;
  readonly basis: GradientBasis;
  readonly sketches: GradientSketches;
  /** Most tokens of a text. */
  readonly length: number;
  /** Tokens of each record; none of a copy of an earlier one, and of one too long for the base. */
  readonly ids: readonly (readonly number[])[];
}

/**
 * Sketches of records' gradients through an adapter, see `BothEnds`. As in an index of attribution, a copy of an earlier record has no say, and
 * its original has one.
 *
 * @throws AttributionError `not_finite` names the record; RegisteredModelError `gradients_unusable` where committed ones
 * cannot be had or are not of these records; the signal's reason when it is aborted
 */
export async function withRecordSketches<T>(
  model: AdaptedBase,
  records: readonly VersionRecord[],
  options: SketchOptions,
  use: (open: OpenSketches) => Promise<T>,
): Promise<T> {
  const { threads, committed } = options;
  const length = Math.min(ATTRIBUTION_CONTEXT, model.base.architecture.maxPositions);
  const ids = indexedRecords(
    records.map(({ text }) => text),
    model.tokenizer,
    records.map(({ contribution }) => contribution),
  ).map((record) => (record.ids.length > length ? [] : record.ids));
  const { baseWeightsRoot, adapterWeightsRoot } = model;
  const subject = { baseWeightsRoot, adapterWeightsRoot, length };
  const gradients = await BothEnds.create(model.base, model.adapter, { length, threads });
  try {
    const { basis, sketches } =
      committed === undefined
        ? await buildHere(gradients, ids, subject, options)
        : await fetchCommitted(committed, { subject, matrices: gradients.matrices, records: ids }, options);
    try {
      return await use({ gradients, basis, sketches, length, ids });
    } finally {
      await sketches.close();
    }
  } finally {
    await gradients.close();
  }
}

/** Where basis and sketches lie that were made here. */
export function sketchPaths(folder: string, kind: SketchKind): GradientPaths {
  return { basis: join(folder, "basis.bin"), sketches: join(folder, `sketches-${kind}.bin`) };
}

async function buildHere(
  gradients: GradientSource,
  ids: readonly (readonly number[])[],
  subject: GradientSubject,
  { kind, folder, onProgress, signal }: SketchOptions,
): Promise<FetchedGradients> {
  const options = (phase: string): GradientBuildOptions => ({
    onProgress: (done, all) => onProgress?.(phase, done, all),
    ...(signal && { signal }),
  });
  await mkdir(folder, { recursive: true });
  const paths = sketchPaths(folder, kind);
  const basis = await keptBasis(paths.basis, gradients, ids, subject, options("basis"));
  return {
    basis,
    sketches: await buildSketches(paths.sketches, gradients, basis, ids, { kind, ...options("records") }),
  };
}

async function fetchCommitted(
  { hash, content }: NonNullable<SketchOptions["committed"]>,
  wanted: WantedGradients,
  { folder, signal }: SketchOptions,
): Promise<FetchedGradients> {
  try {
    return await fetchGradients(join(folder, hash), hash, content, wanted, signal && { signal });
  } catch (error) {
    signal?.throwIfAborted();
    if (!(error instanceof AttributionError || error instanceof OpenLedgerError)) throw error;
    throw new RegisteredModelError(
      "gradients_unusable",
      `basis and sketches of ${hash}, to which the card of the model's owner commits: ${error.message}; --own makes others here`,
      { cause: error },
    );
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
  if (kept !== undefined && isOf(kept, records, subject, source.matrices)) return kept;
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
  { subject, fittedOn, matrices: own }: GradientBasis,
  records: readonly (readonly number[])[],
  { baseWeightsRoot, adapterWeightsRoot, length }: GradientSubject,
  matrices: readonly GradientMatrix[],
): boolean {
  const sample = basisSample(records, adapterWeightsRoot);
  return (
    subject.baseWeightsRoot === baseWeightsRoot &&
    subject.adapterWeightsRoot === adapterWeightsRoot &&
    subject.length === length &&
    describeMatrices(own) === describeMatrices(matrices) &&
    fittedOn.records === records.length &&
    fittedOn.sampleHash === bytesToHex(sampleHash(records, sample))
  );
}
