import { setImmediate } from "node:timers/promises";
import { type Adapter, type GradientMatrix, type Model, projectionName, TextGradients } from "@openledger/engine";
import { type Query, type Scores, sumScores } from "./scores.js";
import { withUpdate } from "./withUpdate.js";

/** Gradients of records and of queries, matrix by matrix. */
export interface Gradients {
  readonly matrices: readonly GradientMatrix[];
  /** `[matrices][records][rows · columns]` */
  readonly records: readonly (readonly Float32Array[])[];
  /** `[matrices][queries][rows · columns]` */
  readonly queries: readonly (readonly Float32Array[])[];
}

/** With what they were taken of. */
export interface TextedGradients extends Gradients {
  readonly texts: readonly (readonly number[])[];
  readonly asked: readonly Query[];
}

/** Of an adapter's factors. */
export async function adapterGradients(
  model: Model,
  adapter: Adapter,
  records: readonly (readonly number[])[],
  queries: readonly Query[],
  options: { readonly length: number; readonly threads: number },
): Promise<TextedGradients> {
  return gradientsOf(await TextGradients.create(model, { adapter }, options), records, queries);
}

/** Of the last layer's feed-forward matrices themselves, with an adapter's update in all weights, or without. */
export async function lastLayerGradients(
  model: Model,
  adapter: Adapter | undefined,
  records: readonly (readonly number[])[],
  queries: readonly Query[],
  options: { readonly length: number; readonly threads: number },
): Promise<TextedGradients> {
  const layer = model.architecture.layers - 1;
  const matrices = (["gate", "up", "down"] as const).map((projection) => projectionName(layer, projection));
  const updated = adapter === undefined ? model : withUpdate(model, adapter);
  return gradientsOf(await TextGradients.create(updated, { matrices }, options), records, queries);
}

async function gradientsOf(
  of: TextGradients,
  records: readonly (readonly number[])[],
  queries: readonly Query[],
): Promise<TextedGradients> {
  try {
    const [ofRecords, ofQueries]: Float32Array[][][] = [[], []];
    for (const ids of records) ofRecords!.push(await of.of(ids));
    for (const { ids, from } of queries) ofQueries!.push(await of.of(ids, from));
    const turn = (rows: readonly Float32Array[][]) => of.matrices.map((_, m) => rows.map((row) => row[m]!));
    return {
      matrices: of.matrices,
      records: turn(ofRecords!),
      queries: turn(ofQueries!),
      texts: records,
      asked: queries,
    };
  } finally {
    await of.close();
  }
}

/** Inner products of gradients, as TracIn with one checkpoint (Pruthi et al. 2020). */
export function gradDotScores({ records, queries }: Gradients): Scores {
  return sumScores(queries.map((query, m) => query.map((q) => Float64Array.from(records[m]!, (r) => dot(q, r)))));
}

/**
 * DataInf (Kwon et al. 2023, eq. 5): each matrix' inverse curvature as the mean of records' inverses, λ a tenth of the mean
 * squared gradient.
 */
export async function dataInfScores({ records, queries }: Gradients, watch: Watch = {}): Promise<Scores> {
  const parts: Scores[] = [];
  for (const [m, query] of queries.entries()) {
    const rows = records[m]!;
    const products: Float64Array[] = [];
    for (const [i, a] of rows.entries()) {
      await breathe(watch, m * rows.length + i, queries.length * rows.length);
      products.push(Float64Array.from(rows, (b, j) => (j < i ? products[j]![i]! : dot(a, b))));
    }
    const norms = rows.map((_, i) => products[i]![i]!);
    const lambda = (0.1 * norms.reduce((sum, norm) => sum + norm, 0)) / rows.length / rows[0]!.length;
    const scores: Float64Array[] = [];
    for (const q of query) {
      await breathe(watch, (m + 1) * rows.length, queries.length * rows.length);
      const along = rows.map((row) => dot(q, row));
      scores.push(
        Float64Array.from(rows, (_, k) => {
          let correction = 0;
          for (let i = 0; i < rows.length; i++) correction += (along[i]! * products[i]![k]!) / (lambda + norms[i]!);
          return lambda === 0 ? 0 : (along[k]! - correction / rows.length) / lambda;
        }),
      );
    }
    parts.push(scores);
  }
  return sumScores(parts);
}

/**
 * As TRAK (Park et al. 2023, eq. 17) with one model, without projecting, which only loses: q Gᵀ (G Gᵀ + λ I)⁻¹, all matrices
 * together, λ 0.3 of the mean squared norm: the best of 0.001 to 10 on other worlds than the bench's.
 */
export async function trakScores({ records, queries }: Gradients, watch: Watch = {}): Promise<Scores> {
  const count = records[0]!.length;
  const kernel = Array.from({ length: count }, () => new Float64Array(count));
  for (const [m, rows] of records.entries()) {
    for (let i = 0; i < count; i++) {
      await breathe(watch, m * count + i, records.length * count);
      for (let j = 0; j <= i; j++) {
        const product = dot(rows[i]!, rows[j]!);
        kernel[i]![j]! += product;
        if (i !== j) kernel[j]![i]! += product;
      }
    }
  }
  const trace = kernel.reduce((sum, row, i) => sum + row[i]!, 0);
  kernel.forEach((row, i) => {
    row[i]! += (0.3 * trace) / count;
  });
  const factor = cholesky(kernel);
  return gradDotScores({ matrices: [], records, queries }).map((along) => solve(factor, along));
}

/** Lower factor of a positive definite matrix. */
function cholesky(matrix: readonly Float64Array[]): Float64Array[] {
  const lower = matrix.map((row) => new Float64Array(row.length));
  for (let i = 0; i < matrix.length; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = matrix[i]![j]!;
      for (let k = 0; k < j; k++) sum -= lower[i]![k]! * lower[j]![k]!;
      lower[i]![j] = i === j ? Math.sqrt(sum) : sum / lower[j]![j]!;
    }
  }
  return lower;
}

function solve(lower: readonly Float64Array[], right: Float64Array): Float64Array {
  const x = right.slice();
  for (let i = 0; i < x.length; i++) {
    for (let k = 0; k < i; k++) x[i]! -= lower[i]![k]! * x[k]!;
    x[i]! /= lower[i]![i]!;
  }
  for (let i = x.length - 1; i >= 0; i--) {
    for (let k = i + 1; k < x.length; k++) x[i]! -= lower[k]![i]! * x[k]!;
    x[i]! /= lower[i]![i]!;
  }
  return x;
}

/** How a long computation is watched and ended. */
export interface Watch {
  readonly signal?: AbortSignal;
  readonly onProgress?: (done: number, all: number) => void;
}

/** Lets others run, so that whoever ends a long computation is heard. @throws the signal's reason when it is aborted */
async function breathe({ signal, onProgress }: Watch, done: number, all: number): Promise<void> {
  await setImmediate();
  signal?.throwIfAborted();
  onProgress?.(done, all);
}

/** In four sums: one would wait for itself at each step. */
function dot(a: Float32Array | Float64Array, b: Float32Array | Float64Array): number {
  let [s0, s1, s2, s3] = [0, 0, 0, 0];
  const whole = a.length - (a.length % 4);
  for (let i = 0; i < whole; i += 4) {
    s0 += a[i]! * b[i]!;
    s1 += a[i + 1]! * b[i + 1]!;
    s2 += a[i + 2]! * b[i + 2]!;
    s3 += a[i + 3]! * b[i + 3]!;
  }
  for (let i = whole; i < a.length; i++) s0 += a[i]! * b[i]!;
  return s0 + s1 + (s2 + s3);
}
