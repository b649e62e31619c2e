import { gradientQuery, indexedRecords, type SketchKind, scoreSketches } from "@openledger/engine";
import type { OnPhase } from "../progress/withPhases.js";
import type { VersionRecord } from "../registered/readRecords.js";
import type { RegisteredAdapter } from "../registered/readRegisteredModel.js";
import { type SketchOptions, withRecordSketches } from "../registered/recordSketches.js";
import { adapterGradients, dataInfScores, gradDotScores, trakScores } from "../truth/gradientScores.js";
import { kernelScores } from "../truth/kernelScores.js";
import type { Query, Scores } from "../truth/scores.js";
import { bm25Scores, matchScores, ngramScores, sizeScores } from "../truth/textScores.js";

/** Bytes of gradients that baselines may hold at once; of models with more they are left out. */
const MOST_GRADIENT_BYTES = 2 ** 31;
/** Records that baselines compare each with each. */
const MOST_COMPARED = 4096;

/** As good as bytes, of which they take an eighth. */
export const CARD_SKETCHES: SketchKind = "1-bit";

export interface ScoreOptions {
  /** Most tokens of a text. */
  readonly length: number;
  readonly threads: number;
  /** Where the model's sketches are kept. */
  readonly sketches: string;
  readonly onPhase?: OnPhase;
  readonly signal?: AbortSignal;
}

/**
 * What each method says of a registered model's records, by method; `pays` is what receipts say, `size` how long a record is. What
 * nodes compute leaves copies and records that are too long out, as nodes do; all other methods read every record. Baselines
 * that hold all gradients at once are left out where these take more than 2 GiB, or compare more than 4,096 records.
 *
 * @param records Of all the model's versions, in their order
 * @throws AttributionError, RuntimeError; the signal's reason when it is aborted
 */
export async function scoreMethods(
  model: RegisteredAdapter,
  records: readonly VersionRecord[],
  queries: readonly Query[],
  { length, threads, sketches, onPhase, signal }: ScoreOptions,
): Promise<Readonly<Record<string, Scores>>> {
  const versions = byVersion(records).map((version) =>
    indexedRecords(
      version.map(({ text }) => text),
      model.tokenizer,
      version.map(({ contribution }) => contribution),
    ).map(({ ids }) => ids),
  );
  const ids = records.map(({ text }) => model.tokenizer.encode(text).slice(0, length));
  const texts = records.map(({ text }) => text);
  const asked = queries.map((query) => model.tokenizer.decode(query.ids.slice(query.from)));
  const aborts = signal && { signal };
  onPhase?.("kernel", 0, 1);
  const paid = await kernelScores({ modelDir: model.modelDir, versions, threads, ...aborts }, queries);
  signal?.throwIfAborted();
  onPhase?.("texts", 0, 1);
  const byTexts = {
    size: sizeScores(ids, queries),
    match: matchScores(texts, asked),
    ngram: ngramScores(ids, queries),
    bm25: bm25Scores(texts, asked),
  };
  const standing = await standingScores(model, records, queries, {
    threads,
    folder: sketches,
    ...(onPhase && { onProgress: onPhase }),
    ...aborts,
  });
  const baselines = await baselineScores(model, ids, queries, {
    length,
    threads,
    ...(onPhase && { onPhase }),
    ...aborts,
  });
  return { ...paid, standing, ...byTexts, ...baselines };
}

/** Eigenvalue-corrected gradients, as standings are told by: sums over texts are sums of these. */
async function standingScores(
  model: RegisteredAdapter,
  records: readonly VersionRecord[],
  queries: readonly Query[],
  options: Omit<SketchOptions, "kind">,
): Promise<Scores> {
  return withRecordSketches(
    model,
    records,
    { kind: CARD_SKETCHES, ...options },
    async ({ gradients, basis, sketches, length }) => {
      const asked = [];
      for (const { ids, from } of queries) {
        options.signal?.throwIfAborted();
        asked.push(await gradientQuery(gradients, basis, ids.slice(0, length), from));
      }
      const scores = queries.map(() => new Float64Array(records.length));
      // what is ranked are sums over subsets: the last bits of a score do not matter there
      await scoreSketches(asked, sketches, (record, row) => {
        row.forEach((score, query) => {
          scores[query]![record] = Number(score);
        });
      });
      return scores;
    },
  );
}

async function baselineScores(
  model: RegisteredAdapter,
  records: readonly (readonly number[])[],
  queries: readonly Query[],
  { length, threads, onPhase, signal }: Omit<ScoreOptions, "sketches">,
): Promise<Readonly<Record<string, Scores>>> {
  const parameters = [...model.adapter.factors.values()].reduce((sum, { length }) => sum + length, 0);
  const isTooMuch = (records.length + queries.length) * parameters * 4 > MOST_GRADIENT_BYTES;
  if (isTooMuch || records.length > MOST_COMPARED) return {};
  onPhase?.("gradients", 0, 1);
  const gradients = await adapterGradients(model.base, model.adapter, records, queries, { length, threads });
  const watch = (phase: string) => ({
    onProgress: (done: number, all: number) => onPhase?.(phase, done, all),
    ...(signal && { signal }),
  });
  return {
    trak: await trakScores(gradients, watch("trak")),
    datainf: await dataInfScores(gradients, watch("datainf")),
    graddot: gradDotScores(gradients),
  };
}

/** Records stand version by version. */
function byVersion(records: readonly VersionRecord[]): VersionRecord[][] {
  const groups = new Map<string, VersionRecord[]>();
  for (const record of records) {
    const key = `${record.datanet}/${record.version}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [record]);
    else group.push(record);
  }
  return [...groups.values()];
}
