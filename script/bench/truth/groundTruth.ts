/**
 * How right attribution is, by the only ground truth there is: retraining. A base is trained on a generated world's public
 * texts, adapters on random subsets of its records, and every method has to predict which subsets made a text likelier.
 */
import { writeFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { type Adapter, indexedRecords, openRuntime, writeAdapter } from "@openledger/engine";
import { encodeAttributionCard } from "@openledger/sdk";
import {
  adapterGradients,
  dataInfScores,
  gradDotScores,
  lastLayerGradients,
  trakScores,
} from "../../truth/gradientScores.js";
import { kernelScores } from "../../truth/kernelScores.js";
import { mean } from "../../truth/lds.js";
import { renderCard } from "../../truth/renderCard.js";
import { type Query, type Scores, together } from "../../truth/scores.js";
import { gradientsAtBothEnds, sketchScores } from "../../truth/sketchScores.js";
import { bm25Scores, matchScores, ngramScores } from "../../truth/textScores.js";
import type { Bench } from "../bench.js";
import { AdapterTrainer, type TrainedAdapters } from "./AdapterTrainer.js";
import { admissionFigures } from "./admission.js";
import { attackFigures } from "./attacks.js";
import { cardOfFigures } from "./cardOfFigures.js";
import { truthFigures } from "./figures.js";
import { removalFigures } from "./removal.js";
import { type Regime, retrain } from "./retraining.js";
import { TinyModel } from "./TinyModel.js";
import { generateWorld, type World } from "./world.js";

interface Profile {
  readonly records: number;
  readonly baseSteps: number;
  readonly sets: number;
  readonly seeds: number;
  readonly queries: number;
  readonly epochs: number;
  /** Which subsets are retrained on. */
  readonly regimes: readonly Regime[];
  /** Texts for which records are removed, or 0. */
  readonly removals: number;
}

const PROFILES: Readonly<Record<string, Profile>> = {
  quick: {
    records: 320,
    baseSteps: 500,
    sets: 16,
    seeds: 1,
    queries: 24,
    epochs: 6,
    regimes: ["rec", "con", "fresh"],
    removals: 0,
  },
  full: {
    records: 320,
    baseSteps: 1500,
    sets: 50,
    seeds: 2,
    queries: 40,
    epochs: 6,
    regimes: ["rec", "con", "fresh", "drop"],
    removals: 8,
  },
};
const CONTRIBUTORS = 20;
const PUBLIC_TEXTS = 12_000;
const PLANTED = 10;
/** Constants of methods were chosen on worlds 1 to 4. */
const WORLD_SEED = 11;
/** Tokens of a text that count. */
const LENGTH = 96;
const GENERATED = 48;

export const groundTruth: Bench = {
  name: "ground-truth",
  about: "attribution against retraining: LDS by regime, junk's share, recall of planted facts",
  options: {
    profile: { about: "quick: some minutes; full: the figures that are published", values: ["quick", "full"] },
    card: { about: "writes the attribution card, and a picture of it beside it (.svg)", values: "file" },
  },
  run: async (report, options) => {
    const profile = PROFILES[String(options.profile ?? "full")]!;
    const world = generateWorld(
      {
        publicTexts: PUBLIC_TEXTS,
        records: profile.records,
        contributors: CONTRIBUTORS,
        queries: profile.queries,
        planted: PLANTED,
      },
      WORLD_SEED,
    );
    const threads = availableParallelism();
    const tiny = await TinyModel.train(world.publicTexts, { steps: profile.baseSteps, seed: 1, threads }, report);
    try {
      const figures = await measure(world, tiny, profile, threads, report);
      if (options.card !== undefined) await writeCard(String(options.card), figures, profile);
      return figures;
    } finally {
      tiny.close();
    }
  },
};

async function writeCard(path: string, figures: Readonly<Record<string, number>>, profile: Profile): Promise<void> {
  const card = cardOfFigures(figures, {
    records: profile.records,
    contributors: CONTRIBUTORS,
    texts: profile.queries,
    generated: profile.queries,
    sets: profile.regimes.map((regime) => ({ regime, count: profile.sets })),
    seeds: profile.seeds,
  });
  await writeFile(path, encodeAttributionCard(card));
  await writeFile(`${path.replace(/\.json$/, "")}.svg`, await renderCard(card));
}

async function measure(
  world: World,
  tiny: TinyModel,
  profile: Profile,
  threads: number,
  report: (line: string) => void,
) {
  const encode = (text: string) => tiny.encode(text).slice(0, LENGTH);
  const records = world.records.map(({ text }) => encode(text));
  const trainer = await AdapterTrainer.create(tiny.model, records, { length: LENGTH, threads });
  try {
    const all = records.map((_, i) => i);
    const full = await trainer.train({
      records: all,
      steps: AdapterTrainer.steps(all.length, profile.epochs),
      seeds: { start: 7, order: 1 },
      keepAfter: AdapterTrainer.steps(all.length, 1),
    });
    const queryOf = ({ prompt, continuation }: { prompt: string; continuation: string }): Query => ({
      ids: encode(prompt + continuation),
      from: tiny.encode(prompt).length,
    });
    const real = world.queries.map(queryOf);
    const generated = await generate(tiny, full.final, world, threads);
    const planted = world.planted.map(queryOf);
    const queries = [...real, ...generated, ...planted];
    report(`loss of the queries: ${mean(await trainer.losses(real)).toFixed(3)} with the adapter`);

    const scores = await scoreAll(tiny, full, world, records, queries, threads, report);
    const admission = await admissionFigures(tiny, world, threads);
    report("attacks");
    const attacks = await attackFigures(tiny, world, [...real, ...generated], threads);
    const removals = await removalFigures(trainer, scores, real.slice(0, profile.removals), profile, report);
    const truth = await retrain(trainer, world, queries, profile, report);
    return {
      ...truthFigures(scores, truth, world, { real: real.length, generated: generated.length }),
      ...admission,
      ...attacks,
      ...removals,
    };
  } finally {
    await trainer.close();
  }
}

/** What the adapted model itself writes after the queries' prompts, as it is served. */
async function generate(tiny: TinyModel, adapter: Adapter, world: World, threads: number): Promise<Query[]> {
  const runtime = await openRuntime({ modelDir: tiny.dir, threads });
  try {
    const handle = await runtime.loadAdapter({
      ...writeAdapter(adapter, tiny.model.architecture),
      baseWeightsRoot: runtime.weightsRoot,
    });
    const found: Query[] = [];
    for (const [i, { prompt }] of world.queries.entries()) {
      const promptIds = [...tiny.encode(prompt)];
      const seed = new Uint8Array(32);
      new DataView(seed.buffer).setUint32(28, i);
      const sampling = { temperatureMilli: 800, topPMilli: 1000, topK: 0 };
      const { tokens } = await runtime.generate({
        ...sampling,
        promptIds,
        maxTokens: GENERATED,
        seed,
        adapter: handle,
      });
      found.push({ ids: [...promptIds, ...tokens].slice(0, LENGTH), from: promptIds.length });
    }
    return found;
  } finally {
    await runtime.close();
  }
}

async function scoreAll(
  tiny: TinyModel,
  /** Of the model that answered: `kept` after its first epoch. */
  adapters: TrainedAdapters,
  world: World,
  records: readonly (readonly number[])[],
  queries: readonly Query[],
  threads: number,
  report: (line: string) => void,
): Promise<Readonly<Record<string, Scores>>> {
  const options = { length: LENGTH, threads };
  report("scores: kernel and texts");
  const texts = world.records.map(({ text }) => text);
  const subject = { modelDir: tiny.dir, threads };
  const { kernel } = await kernelScores({ ...subject, versions: [records] }, queries);
  const indexed = indexedRecords(texts, { encode: (text) => tiny.encode(text).slice(0, LENGTH) });
  const { pays } = await kernelScores({ ...subject, versions: [indexed.map(({ ids }) => ids)] }, queries);
  const asked = queries.map(({ ids, from }) => tiny.decode(ids.slice(from)));
  const bm25 = bm25Scores(texts, asked);
  const match = matchScores(texts, asked);
  const ngram = ngramScores(records, queries);
  report("scores: gradients of the adapter");
  const kept = await adapterGradients(tiny.model, adapters.kept, records, queries, options);
  const [graddot, datainf, trak] = [gradDotScores(kept), await dataInfScores(kept), await trakScores(kept)];
  const [evs, evsSigns] = [await sketchScores(kept, "int8"), await sketchScores(kept, "1-bit")];
  const last = await adapterGradients(tiny.model, adapters.final, records, queries, options);
  const first = await adapterGradients(tiny.model, adapters.start, records, queries, options);
  const gradient = together(await sketchScores(first, "1-bit"), evsSigns, await sketchScores(last, "1-bit"));
  const ends = gradientsAtBothEnds(last, first);
  const [standing, standingSigns] = [await sketchScores(ends, "int8"), await sketchScores(ends, "1-bit")];
  report("scores: gradients of the last layer");
  const base = await sketchScores(await lastLayerGradients(tiny.model, undefined, records, queries, options), "1-bit");
  const later = await sketchScores(
    await lastLayerGradients(tiny.model, adapters.kept, records, queries, options),
    "1-bit",
  );
  // what pays is the kernel, copies left out, until the exact backward pass of the last layer is a part of programs
  return {
    pays,
    kernel,
    gradient,
    last_layer: together(base, later),
    both: together(kernel, gradient),
    evs,
    evs_signs: evsSigns,
    standing,
    standing_signs: standingSigns,
    match,
    bm25,
    ngram,
    graddot,
    datainf,
    trak,
  };
}
