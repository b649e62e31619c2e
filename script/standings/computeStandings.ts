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
  type GradientQuery,
  type GradientSource,
  type GradientSubject,
  gradientQuery,
  indexedRecords,
  type SketchKind,
  type Standings,
  sampleHash,
  scoreSketches,
  standings,
  TextGradients,
} from "@openledger/engine";
import { bytesToHex, type Hex } from "viem";
import type { VersionRecord } from "./readRecords.js";
import type { RegisteredAdapter } from "./readRegisteredModel.js";
import type { StandingText } from "./readTexts.js";

export interface ComputeOptions {
  readonly kind: SketchKind;
  readonly threads: number;
  /** Where basis and sketches are kept: a run that was killed goes on, another with other texts only scores. */
  readonly folder: string;
  readonly onProgress?: (phase: string, done: number, all: number) => void;
  readonly signal?: AbortSignal;
}

export interface ComputedStandings extends Standings {
  readonly basisRoot: Hex;
  readonly sketchesRoot: Hex;
  /** Records without a sketch: copies of earlier ones, and those too long for the base. */
  readonly unread: readonly number[];
}

/**
 * What each record, and each who contributed some, is worth to an adapter for some texts. As in an index of attribution, a copy
 * of an earlier record has no say, and its original has one.
 *
 * @throws AttributionError `not_finite` names the record; the signal's reason when it is aborted
 */
export async function computeStandings(
  model: RegisteredAdapter,
  records: readonly VersionRecord[],
  texts: readonly StandingText[],
  { kind, threads, folder, onProgress, signal }: ComputeOptions,
): Promise<ComputedStandings> {
  const { architecture } = model.base;
  const length = Math.min(ATTRIBUTION_CONTEXT, architecture.maxPositions);
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
      const queries: GradientQuery[] = [];
      for (const [i, { prompt, text }] of texts.entries()) {
        signal?.throwIfAborted();
        const before = model.tokenizer.encode(prompt);
        const all = [...before, ...model.tokenizer.encode(text)].slice(0, length);
        queries.push(await gradientQuery(gradients, basis, all, before.length));
        onProgress?.("texts", i + 1, texts.length);
      }
      const sums: bigint[] = [];
      const take = (record: number, scores: readonly bigint[]) => {
        sums[record] = scores.reduce((sum, score) => sum + score, 0n);
        onProgress?.("scores", record + 1, records.length);
      };
      await scoreSketches(queries, sketches, take, { ...(signal && { signal }) });
      const contributors = records.map(({ contributor }) => contributor);
      return {
        ...standings(sums, contributors),
        basisRoot: basis.root,
        sketchesRoot: sketches.root,
        unread: ids.flatMap((one, record) => (one.length === 0 ? [record] : [])),
      };
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
