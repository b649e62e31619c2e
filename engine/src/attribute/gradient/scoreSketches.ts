import { AttributionError } from "../errors.js";
import type { Hex } from "../hex.js";
import type { GradientSource } from "./fitGradientBasis.js";
import type { GradientBasis } from "./GradientBasis.js";
import type { RecordSketch } from "./SketchLayout.js";
import { type Sketch, sketchOf } from "./sketch.js";

/** Entries whose products' sum fits 32 bits: 127² · 2^17 < 2^31. */
const CHUNK = 2 ** 17;

/** A text that records are scored for: its gradients as an `int8` sketch. */
export interface GradientQuery extends Sketch {
  readonly basisRoot: Hex;
}

/**
 * A text's query: of the surprise at its tokens from `from` on.
 *
 * @throws AttributionError `record_too_long`, `not_finite`, `invalid_request`
 */
export async function gradientQuery(
  source: GradientSource,
  basis: GradientBasis,
  ids: readonly number[],
  from = 0,
): Promise<GradientQuery> {
  return { ...sketchOf(basis.whiten(await source.of(ids, from)), "int8"), basisRoot: basis.root };
}

/**
 * How much the step that training on a record takes is along the one that a text asks for: the cosine of their angle in the
 * basis' measure times the entries, in units of 2^-36: over matrices m, Σ f_m(query) · f_m(record) · Σ_i q_i · r_i. Negative
 * where the record makes the text less likely.
 *
 * Exact: products of two values are below 2^14, so that 2^17 of them fit 32 bits, and all of a matrix, fewer than 2^32, fit 46.
 * Factors have 32 bits each and there are fewer than 2^16 matrices: a score is below 2^126, a BigInt. No rounding and no order
 * of summation enters: with the same sketches every machine gives the same number, over any number of threads.
 *
 * @param sizes Entries of each matrix
 */
export function sketchScore(query: Sketch, record: Sketch, sizes: readonly number[]): bigint {
  let score = 0n;
  let at = 0;
  for (const [m, size] of sizes.entries()) {
    const factor = BigInt(query.factors[m]!) * BigInt(record.factors[m]!);
    if (factor !== 0n) score += factor * BigInt(innerProduct(query.values, record.values, at, at + size));
    at += size;
  }
  return score;
}

/** Σ q_i · r_i over `[from, to)`. */
function innerProduct(q: Int8Array, r: Int8Array, from: number, to: number): number {
  let all = 0;
  for (let begin = from; begin < to; begin += CHUNK) {
    const end = Math.min(begin + CHUNK, to);
    let sum = 0;
    for (let i = begin; i < end; i++) sum = (sum + q[i]! * r[i]!) | 0;
    all += sum;
  }
  return all;
}

/** Sketches as scoring reads them: `GradientSketches`, or any that are in memory. */
export interface ScoredSketches {
  readonly basisRoot: Hex;
  readonly recordCount: number;
  readonly sizes: readonly number[];
  rows(): AsyncIterable<RecordSketch>;
}

/**
 * Scores of all records for some texts, each record read once: see `sketchScore`.
 *
 * @param take Gets a record's scores, `[queries]`, record after record
 * @throws AttributionError `gradients_mismatch` when a query is under another basis. The signal's reason when it is aborted.
 */
export async function scoreSketches(
  queries: readonly GradientQuery[],
  sketches: ScoredSketches,
  take: (record: number, scores: readonly bigint[]) => void,
  { signal }: { readonly signal?: AbortSignal } = {},
): Promise<void> {
  const other = queries.find(({ basisRoot }) => basisRoot !== sketches.basisRoot);
  if (other !== undefined) {
    throw new AttributionError(
      "gradients_mismatch",
      `a query is under basis ${other.basisRoot}, the sketches under ${sketches.basisRoot}`,
    );
  }
  for await (const row of sketches.rows()) {
    signal?.throwIfAborted();
    const scores = queries.map((query) => sketchScore(query, row, sketches.sizes));
    take(row.record, scores);
  }
}
