import {
  type Adapter,
  type AttributionIndex,
  answerCodes,
  attributeAnswer,
  Bm25,
  buildIndex,
  creditRecords,
  type GradientMatrix,
  MatchShard,
  type Model,
  matchAnswer,
  openRuntime,
  projectionName,
  type Runtime,
  TextGradients,
} from "@openledger/engine";
import type { Address } from "viem";
import type { TinyModel } from "./TinyModel.js";
import { withUpdate } from "./withUpdate.js";

/** A text whose tokens from `from` on are attributed. */
export interface Query {
  readonly ids: readonly number[];
  readonly from: number;
}

/** What a method says: `[queries][records]`, larger is more. */
export type Scores = readonly Float64Array[];

/** The kernel: the product's own codes, index and credits. */
export function kernelScores(
  tiny: TinyModel,
  records: readonly (readonly number[])[],
  queries: readonly Query[],
  threads: number,
): Promise<Scores> {
  return withIndex(tiny, records, threads, async (runtime, index) => {
    const scores: Float64Array[] = [];
    for (const { ids, from } of queries) {
      const codes = await answerCodes(runtime, ids.slice(0, from), ids.slice(from));
      const [credits] = creditRecords([index], codes).credits;
      scores.push(Float64Array.from(records, (_, record) => credits!.get(record) ?? 0));
    }
    return scores;
  });
}

/** What receipts would pay: the shares of records that clear the index's floors, the 64 largest, nothing to the pool. */
export function paidScores(
  tiny: TinyModel,
  records: readonly (readonly number[])[],
  queries: readonly Query[],
  threads: number,
): Promise<Scores> {
  return withIndex(tiny, records, threads, async (runtime, index) => {
    const contributors = records.map((_, record): Address => `0x${(record + 1).toString(16).padStart(40, "f")}`);
    const versions = [{ datanet: 1n, version: 1, index, contributors }];
    const scores: Float64Array[] = [];
    for (const { ids, from } of queries) {
      const answer = { versions, promptIds: ids.slice(0, from), outputIds: ids.slice(from) };
      const shares = new Float64Array(records.length);
      for (const { recordIndex, share } of (await attributeAnswer(runtime, answer)).records) {
        shares[Number(recordIndex)] = share;
      }
      scores.push(shares);
    }
    return scores;
  });
}

async function withIndex<T>(
  tiny: TinyModel,
  records: readonly (readonly number[])[],
  threads: number,
  use: (runtime: Runtime, index: AttributionIndex) => Promise<T>,
): Promise<T> {
  const runtime = await openRuntime({ modelDir: tiny.dir, threads });
  try {
    return await use(
      runtime,
      await buildIndex(
        runtime,
        records.map((ids) => ({ ids })),
      ),
    );
  } finally {
    await runtime.close();
  }
}

export function bm25Scores(texts: readonly string[], queries: readonly string[]): Scores {
  const bm25 = new Bm25(texts);
  return queries.map((query) => {
    const scores = new Float64Array(texts.length);
    for (const { record, score } of bm25.search(query, texts.length)) scores[record] = score;
    return scores;
  });
}

/** Verbatim spans of 16 bytes and more, their lengths shared by the records they stand in; no claim of influence. */
export function matchScores(texts: readonly string[], queries: readonly string[]): Scores {
  const encoder = new TextEncoder();
  const shard = MatchShard.of(texts.map((text) => encoder.encode(text)));
  return queries.map((query) => {
    const scores = new Float64Array(texts.length);
    for (const { from, to, count, places } of matchAnswer([shard], encoder.encode(query))) {
      for (const { record } of places) scores[record]! += (to - from) / count;
    }
    return scores;
  });
}

/** Shared runs of 1 to 5 tokens, each counted once and weighed by how few records have it. */
export function ngramScores(records: readonly (readonly number[])[], queries: readonly Query[]): Scores {
  const holders = new Map<string, number[]>();
  records.forEach((ids, record) => {
    for (const gram of grams(ids, 0)) holders.set(gram, [...(holders.get(gram) ?? []), record]);
  });
  return queries.map(({ ids, from }) => {
    const scores = new Float64Array(records.length);
    for (const gram of grams(ids, from)) {
      const found = holders.get(gram) ?? [];
      for (const record of found) scores[record]! += Math.log(records.length / found.length);
    }
    return scores;
  });
}

function grams(ids: readonly number[], from: number): Set<string> {
  const found = new Set<string>();
  for (let start = from; start < ids.length; start++) {
    for (let length = 1; length <= 5 && start + length <= ids.length; length++) {
      found.add(ids.slice(start, start + length).join(" "));
    }
  }
  return found;
}

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
export function dataInfScores({ records, queries }: Gradients): Scores {
  return sumScores(
    queries.map((query, m) => {
      const rows = records[m]!;
      const products = rows.map((a) => Float64Array.from(rows, (b) => dot(a, b)));
      const norms = rows.map((_, i) => products[i]![i]!);
      const lambda = (0.1 * norms.reduce((sum, norm) => sum + norm, 0)) / rows.length / rows[0]!.length;
      return query.map((q) => {
        const along = rows.map((row) => dot(q, row));
        return Float64Array.from(rows, (_, k) => {
          let correction = 0;
          for (let i = 0; i < rows.length; i++) correction += (along[i]! * products[i]![k]!) / (lambda + norms[i]!);
          return lambda === 0 ? 0 : (along[k]! - correction / rows.length) / lambda;
        });
      });
    }),
  );
}

/**
 * As TRAK (Park et al. 2023, eq. 17) with one model, without projecting, which only loses: q Gᵀ (G Gᵀ + λ I)⁻¹, all matrices
 * together, λ 0.3 of the mean squared norm: the best of 0.001 to 10 on other worlds than the bench's.
 */
export function trakScores({ records, queries }: Gradients): Scores {
  const count = records[0]!.length;
  const kernel = Array.from({ length: count }, () => new Float64Array(count));
  for (const rows of records) {
    for (let i = 0; i < count; i++) {
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

/** Methods together, each in units of its own mean size. */
export function together(...parts: readonly Scores[]): Scores {
  return sumScores(
    parts.map((scores) => {
      const size = scores.reduce(
        (sum, row) => sum + row.reduce((all, score) => all + Math.abs(score), 0) / row.length,
        0,
      );
      return scores.map((row) => row.map((score) => (size === 0 ? 0 : (score * scores.length) / size)));
    }),
  );
}

function sumScores(parts: readonly Scores[]): Scores {
  return parts[0]!.map((_, query) => {
    const sum = new Float64Array(parts[0]![query]!.length);
    for (const part of parts)
      part[query]!.forEach((score, i) => {
        sum[i]! += score;
      });
    return sum;
  });
}

function dot(a: Float32Array | Float64Array, b: Float32Array | Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}
