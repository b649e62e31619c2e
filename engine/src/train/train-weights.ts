import type { Architecture } from "../model/architecture.js";
import { AdamW, type AdamWOptions, clipScale } from "./adamw.js";
import { type Checkpoint, restoreCheckpoint } from "./checkpoint.js";
import { initialWeights } from "./initial-weights.js";
import { LossSession } from "./loss-session.js";
import { learningRate, type Schedule } from "./schedule.js";
import { Windows } from "./windows.js";

export interface WeightTraining {
  readonly architecture: Architecture;
  /** Texts as tokens, one after another, each followed by the end token. */
  readonly stream: Uint16Array | Uint32Array;
  readonly batch: number;
  readonly length: number;
  readonly schedule: Schedule;
  readonly optimizer: AdamWOptions;
  /** Limit on the gradients' common norm. */
  readonly clipNorm: number;
  readonly seed: number;
  readonly threads: number;
  /** Continue from here; the weights after it are those of a run that was never stopped, bit for bit. */
  readonly from?: Checkpoint;
  readonly signal?: AbortSignal;
  onStep?(progress: WeightTrainingProgress): void | Promise<void>;
}

export interface WeightTrainingProgress {
  /** Steps done. */
  readonly step: number;
  readonly loss: number;
  readonly gradientNorm: number;
  readonly learningRate: number;
  readonly milliseconds: number;
  checkpoint(): Checkpoint;
}

/**
 * Trains every weight of a decoder from its initial weights. Reproducible: the same arguments give the same weights
 * on the same machine type and number of threads. Blocks the thread during each step.
 */
export async function trainWeights(training: WeightTraining): Promise<Map<string, Float32Array>> {
  const { architecture, batch, length, schedule, seed } = training;
  const weights = initialWeights(architecture, seed);
  const optimizer = new AdamW(weights, training.optimizer, (name) => !/norm|\.bias$/.test(name));
  if (training.from !== undefined) restoreCheckpoint(training.from, weights, optimizer);
  const windows = new Windows(training.stream, { batch, length }, seed);
  const trains = { kind: "weights" } as const;
  const graph = { architecture, batch, length, trains, outputs: "loss and gradients" } as const;
  const session = await LossSession.create(graph, weights, training.threads);

  try {
    for (let step = training.from?.step ?? 0; step < schedule.totalSteps; step++) {
      training.signal?.throwIfAborted();
      const started = performance.now();
      const rate = learningRate(schedule, step);
      const { loss, gradients } = await session.run(windows.batch(step));
      const { norm, scale } = clipScale(gradients.values(), training.clipNorm);
      optimizer.update(gradients, rate, scale);
      await training.onStep?.({
        step: step + 1,
        loss,
        gradientNorm: norm,
        learningRate: rate,
        milliseconds: performance.now() - started,
        checkpoint: () => ({ step: step + 1, weights, moments: optimizer.state().moments }),
      });
    }
  } finally {
    await session.close();
  }
  return weights;
}
