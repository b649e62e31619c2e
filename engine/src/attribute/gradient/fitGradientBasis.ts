import { AttributionError } from "../errors.js";
import { hexOf } from "../hex.js";
import { basisSample, sampleHash } from "./basisSample.js";
import { EvsFit } from "./EvsFit.js";
import { checkMatrices, GradientBasis, type GradientSubject } from "./GradientBasis.js";
import { ofRecord } from "./ofRecord.js";
import type { GradientMatrix } from "./TextGradients.js";

/** Where gradients come from: `TextGradients`, or what kept them. */
export interface GradientSource {
  readonly matrices: readonly GradientMatrix[];
  /** For each of `matrices`, `[rows, columns]`. @throws AttributionError `record_too_long`, `not_finite` */
  of(ids: readonly number[], from?: number): Promise<readonly Float32Array[]>;
}

export interface GradientBuildOptions {
  /** Texts done of all. */
  readonly onProgress?: (done: number, all: number) => void;
  readonly signal?: AbortSignal;
}

/**
 * Fits the basis of an adapter's gradients on a sixth of its records, see `basisSample`. Their gradients are taken twice and
 * not kept: memory does not grow with the records.
 *
 * @param records Tokens of each; one of none is never sampled
 * @throws AttributionError `record_too_long` before any work is done; `not_finite` names the record; `invalid_request` where
 * a matrix is too large for a basis, or no record has tokens. The signal's reason when it is aborted.
 */
export async function fitGradientBasis(
  source: GradientSource,
  records: readonly (readonly number[])[],
  subject: GradientSubject,
  { onProgress, signal }: GradientBuildOptions = {},
): Promise<GradientBasis> {
  checkMatrices(source.matrices);
  checkLengths(records, subject.length);
  const sample = basisSample(records, subject.adapterWeightsRoot);
  if (sample.length === 0) throw new AttributionError("invalid_request", "no record has tokens to fit a basis on");
  const fits = source.matrices.map((matrix) => new EvsFit(matrix));
  let done = 0;
  const each = async (take: (fit: EvsFit, gradient: Float32Array) => void) => {
    for (const place of sample) {
      signal?.throwIfAborted();
      const gradients = await ofRecord(place, () => source.of(records[place]!));
      fits.forEach((fit, m) => {
        take(fit, gradients[m]!);
      });
      onProgress?.(++done, 2 * sample.length);
    }
  };
  await each((fit, gradient) => fit.addMoments(gradient));
  for (const fit of fits) {
    signal?.throwIfAborted();
    fit.turn();
  }
  await each((fit, gradient) => fit.addVariances(gradient));
  const fittedOn = {
    records: records.length,
    sampled: sample.length,
    sampleHash: hexOf(sampleHash(records, sample)),
  };
  return GradientBasis.of(
    subject,
    fittedOn,
    fits.map((fit) => fit.basis()),
  );
}

/** @throws AttributionError `record_too_long` names the record */
export function checkLengths(records: readonly (readonly number[])[], length: number): void {
  for (const [record, ids] of records.entries()) {
    if (ids.length <= length) continue;
    throw new AttributionError(
      "record_too_long",
      `record ${record} has ${ids.length} tokens, gradients take ${length}; split it`,
    );
  }
}
