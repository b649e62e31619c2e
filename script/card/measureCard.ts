import { join } from "node:path";
import { ATTRIBUTION_CONTEXT } from "@openledger/engine";
import { type AttributionCard, type CardEstimate, type CardRegime, contentHash } from "@openledger/sdk";
import type { OnPhase } from "../progress/withPhases.js";
import type { ModelSubject } from "../registered/ModelPlace.js";
import { encodeTexts } from "../registered/readTexts.js";
import { trainingRecipe } from "../registered/trainingRecipe.js";
import { byPrediction } from "../truth/byPrediction.js";
import { lds, type Retrained } from "../truth/lds.js";
import type { Query, Scores } from "../truth/scores.js";
import { askedQueries } from "./askedQueries.js";
import { drawSubsets, type RetrainedRegime } from "./drawSubsets.js";
import { generateAnswers } from "./generateAnswers.js";
import { SubsetTrainer } from "./SubsetTrainer.js";
import { scoreMethods } from "./scoreMethods.js";

/** How far from the model's own start another is. */
const FRESH = 1000;

export interface MeasureOptions {
  readonly regimes: readonly RetrainedRegime[];
  /** Subsets a regime. */
  readonly sets: number;
  /** How often each is retrained on, in another order. */
  readonly seeds: number;
  /** Texts that methods are asked for, and as many answers. */
  readonly queries: number;
  readonly threads: number;
  /** Where sketches and what was retrained are kept: a run that was killed goes on. */
  readonly folder: string;
  readonly onPhase?: OnPhase;
  readonly signal?: AbortSignal;
}

interface Subsets {
  readonly regime: RetrainedRegime;
  readonly sets: readonly (readonly number[])[];
}

/** What methods are asked for: texts of people's, then the model's own. */
interface Asked {
  readonly real: readonly Query[];
  readonly generated: readonly Query[];
}

/**
 * How right attribution is for a registered model: it is trained anew on halves of its records by its manifest's recipe, and each
 * method has to say which halves made a text likelier, a text of people's and one of the model's own.
 *
 * @param subject The base's folder has its attribution file, see `layAttribution`.
 * @throws CardError `too_little`; RegisteredModelError or TrainingError `unknown_recipe`; AttributionError, RuntimeError; the
 * signal's reason when it is aborted
 */
export async function measureCard(
  subject: Pick<ModelSubject, "registered" | "records" | "texts">,
  model: bigint,
  options: MeasureOptions,
): Promise<AttributionCard> {
  options.signal?.throwIfAborted();
  const { registered, records, texts } = subject;
  const contributors = records.map(({ contributor }) => contributor);
  const subsets = options.regimes.map((regime) => ({
    regime,
    sets: drawSubsets(regime, contributors, options.sets),
  }));
  const length = lengthOf(registered);
  const asked = await askedOf(subject, length, options);
  const queries = [...asked.real, ...asked.generated];
  const { threads, folder, onPhase, signal } = options;
  const shared = { threads, ...(onPhase && { onPhase }), ...(signal && { signal }) };
  const scores = await scoreMethods(registered, records, queries, {
    length,
    sketches: sketchesFolder(folder),
    ...shared,
  });
  const trainer = new SubsetTrainer(
    registered,
    records.map(({ text }) => text),
    queries,
    { ...shared, folder: join(folder, "retrained") },
  );
  const truth = await retrain(trainer, subsets, options, queries.length);

  const methods = Object.entries(scores).map(([method, rows]) => ({ method, lds: estimates(rows, truth, asked) }));
  return {
    subject: {
      model,
      baseWeightsRoot: registered.baseWeightsRoot,
      adapterWeightsRoot: registered.adapterWeightsRoot,
      datanets: registered.versions,
    },
    sample: {
      records: records.length,
      contributors: new Set(contributors.map((name) => name.toLowerCase())).size,
      texts: asked.real.length,
      generated: asked.generated.length,
      textsHash: contentHash(encodeTexts(texts)),
      sets: subsets.map(({ regime, sets }) => ({ regime, count: sets.length })),
      seeds: options.seeds,
    },
    methods: byPrediction(methods),
    copying: [],
  };
}

/** Where `measureCard` keeps the basis and sketches that it tells standings by. */
export function sketchesFolder(folder: string): string {
  return join(folder, "sketches");
}

/** Most tokens of a text. */
function lengthOf({ base, manifest }: ModelSubject["registered"]): number {
  return Math.min(ATTRIBUTION_CONTEXT, base.architecture.maxPositions, trainingRecipe(manifest).hyperparameters.length);
}

async function askedOf(
  { registered, texts }: Pick<ModelSubject, "registered" | "texts">,
  length: number,
  { queries, threads, onPhase, signal }: MeasureOptions,
): Promise<Asked> {
  const real = askedQueries(texts, registered.tokenizer, { count: queries, length });
  const generated = await generateAnswers(registered, real, {
    length,
    threads,
    onProgress: (done, all) => onPhase?.("answers", done, all),
    ...(signal && { signal }),
  });
  return { real, generated };
}

/** How well a method foretold each regime, and the model's own answers in that of random halves. */
function estimates(
  rows: Scores,
  truth: ReadonlyMap<RetrainedRegime, readonly Retrained[]>,
  { real, generated }: Asked,
): CardEstimate[] {
  const of = (regime: CardRegime, retrained: readonly Retrained[], from: number, to: number): CardEstimate => {
    const outputs = retrained.map((set) => ({ ...set, outputs: set.outputs.slice(from, to) }));
    const { mean, error } = lds(rows.slice(from, to), outputs);
    return { regime, value: mean, error };
  };
  return [...truth].flatMap(([regime, retrained]) => {
    const own = of(regime, retrained, 0, real.length);
    const hasAnswers = regime === "rec" && generated.length > 0;
    return hasAnswers ? [own, of("gen", retrained, real.length, real.length + generated.length)] : [own];
  });
}

async function retrain(
  trainer: SubsetTrainer,
  subsets: readonly Subsets[],
  { seeds, onPhase, signal }: MeasureOptions,
  queries: number,
): Promise<ReadonlyMap<RetrainedRegime, readonly Retrained[]>> {
  const all = seeds * subsets.reduce((sum, { sets }) => sum + sets.length, 0);
  let done = 0;
  const truth = new Map<RetrainedRegime, Retrained[]>();
  onPhase?.("retraining", 0, all);
  for (const { regime, sets } of subsets) {
    const retrained: Retrained[] = [];
    for (const records of sets) {
      const outputs = new Float64Array(queries);
      for (let order = 0; order < seeds; order++) {
        signal?.throwIfAborted();
        const losses = await trainer.losses(records, { start: regime === "fresh" ? FRESH : 0, order });
        losses.forEach((loss, query) => {
          outputs[query]! -= loss / seeds;
        });
        onPhase?.("retraining", ++done, all);
      }
      retrained.push({ records: new Set(records), outputs });
    }
    truth.set(regime, retrained);
  }
  return truth;
}
