/**
 * Training of an adapter, on the calling thread: it blocks during every step. `trainAdapter` runs it in a worker.
 */
import { type AdapterFiles, ownFactors, writeAdapter } from "../model/adapter.js";
import { loadModel } from "../model/model-folder.js";
import { hasProjection } from "../model/parameters.js";
import { Tokenizer } from "../model/tokenizer.js";
import { AdamW, clipScale } from "./adamw.js";
import type { AdapterHyperparameters } from "./hyperparameters.js";
import { initialAdapter } from "./initial-weights.js";
import { LossSession } from "./loss-session.js";
import { Random } from "./random.js";
import { learningRate } from "./schedule.js";
import { type TextLoss, textLosses } from "./text-loss.js";
import { TrainingError } from "./training-error.js";
import { Windows } from "./windows.js";
import { WordEncoder } from "./word-encoder.js";

export interface AdapterTrainingInput {
  readonly modelDir: string;
  readonly records: readonly string[];
  /** Texts that are not trained on, to measure with. */
  readonly heldOut: readonly string[];
  readonly hyperparameters: AdapterHyperparameters;
  /** Seed of the adapter's start and of the order of the records. */
  readonly seed: number;
  /** Seed of the adapter's start alone. */
  readonly startSeed?: number;
  /** In place of those that `epochs` asks for. */
  readonly steps?: number;
  readonly threads: number;
}

export interface AdapterTrainingProgress {
  readonly phase: "measuring" | "training";
  /** Steps done, of `steps`. */
  readonly step: number;
  readonly steps: number;
  /** Mean loss of the last step in nats a token; absent while measuring. */
  readonly loss?: number;
  readonly tokensPerSecond?: number;
  readonly secondsLeft?: number;
}

/** Loss on a text that was not trained on, sums over its tokens in nats. */
export interface HeldOutLoss {
  readonly tokens: number;
  readonly before: number;
  readonly after: number;
}

export interface AdapterTrainingResult {
  readonly files: AdapterFiles;
  /** Of each held-out text, in their order. */
  readonly heldOut: readonly HeldOutLoss[];
  /** Mean loss on the held-out texts in nats a token, of the base and with the adapter. */
  readonly lossBefore: number;
  readonly lossAfter: number;
  readonly steps: number;
  /** Tokens trained on, repetitions counted. */
  readonly tokens: number;
  readonly tokensPerSecond: number;
}

export interface AdapterTrainingHooks {
  onProgress(progress: AdapterTrainingProgress): void;
  isCancelled(): boolean;
}

export async function runAdapterTraining(
  input: AdapterTrainingInput,
  hooks: AdapterTrainingHooks,
): Promise<AdapterTrainingResult> {
  const { hyperparameters, seed, startSeed = seed, threads } = input;
  const { rank, alpha, batch, length, epochs } = hyperparameters;
  const model = await loadModel(input.modelDir);
  const { architecture, weights: base } = model;
  const projections = hyperparameters.projections.filter((projection) => hasProjection(architecture, projection));
  if (length > architecture.maxPositions) {
    throw new TrainingError(
      "length_out_of_range",
      `length ${length} is above the model's ${architecture.maxPositions}`,
    );
  }
  const encoder = new WordEncoder(await Tokenizer.load(input.modelDir));
  const stream = streamOf(input.records, encoder, architecture.endToken, new Random(seed));
  if (stream.length < 2 * length + 1) {
    throw new TrainingError(
      "too_few_tokens",
      `training needs ${2 * length + 1} tokens or more, the records have ${stream.length}; add records`,
    );
  }
  const windows = new Windows(stream, { batch, length }, seed);
  const steps = input.steps ?? Math.max(1, Math.round((epochs * windows.perEpoch) / batch));
  const heldOut = input.heldOut.map((text) => encoder.encode(text));
  const measure = async (step: number, adapter?: typeof start): Promise<TextLoss[]> => {
    hooks.onProgress({ phase: "measuring", step, steps });
    const options = { length, threads, isCancelled: hooks.isCancelled, ...(adapter === undefined ? {} : { adapter }) };
    return await textLosses(model, heldOut, options);
  };

  const start = initialAdapter(architecture, { rank, alpha, projections }, startSeed);
  const before = await measure(0);
  const trains = { kind: "adapter", base, rank, alpha, projections } as const;
  const graph = { architecture, batch, length, trains, outputs: "loss and gradients" } as const;
  const trained = ownFactors(start, architecture);
  const session = await LossSession.create(graph, trained, threads);
  const { weightDecay, clipNorm } = hyperparameters;
  const optimizer = new AdamW(trained, { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay });
  const warmupSteps = Math.ceil(steps / 10);
  const schedule = { peak: hyperparameters.learningRate, warmupSteps, holdSteps: 0, totalSteps: steps, floor: 0.1 };
  const started = performance.now();
  let tokensPerSecond = 0;
  try {
    for (let step = 0; step < steps; step++) {
      if (hooks.isCancelled())
        throw new TrainingError("cancelled", `training was cancelled at step ${step} of ${steps}`);
      const { loss, gradients } = await session.run(windows.batch(step));
      if (!Number.isFinite(loss)) {
        throw new TrainingError("diverged", `loss is ${loss} at step ${step}; lower the learning rate`);
      }
      optimizer.update(gradients, learningRate(schedule, step), clipScale(gradients.values(), clipNorm).scale);
      const seconds = (performance.now() - started) / 1000;
      tokensPerSecond = ((step + 1) * batch * length) / seconds;
      const secondsLeft = (seconds / (step + 1)) * (steps - step - 1);
      hooks.onProgress({ phase: "training", step: step + 1, steps, loss, tokensPerSecond, secondsLeft });
    }
  } finally {
    await session.close();
  }
  const after = await measure(steps, start);

  return {
    files: writeAdapter(start, architecture),
    heldOut: before.map(({ tokens, nats }, i) => ({ tokens, before: nats, after: after[i]!.nats })),
    lossBefore: meanOf(before),
    lossAfter: meanOf(after),
    steps,
    tokens: steps * batch * length,
    tokensPerSecond,
  };
}

function meanOf(losses: readonly TextLoss[]): number {
  const sum = (of: (loss: TextLoss) => number): number => losses.reduce((total, loss) => total + of(loss), 0);
  return (
    sum(({ nats }) => nats) /
    Math.max(
      1,
      sum(({ tokens }) => tokens),
    )
  );
}

/** The records in a shuffled order, each after an end token. */
function streamOf(records: readonly string[], encoder: WordEncoder, endToken: number, random: Random): Uint32Array {
  const order = random.shuffle(records.map((_, i) => i));
  const ids = order.flatMap((i) => [endToken, ...encoder.encode(records[i]!)]);
  return Uint32Array.from([...ids, endToken]);
}
