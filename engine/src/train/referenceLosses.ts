import { type Adapter, ownFactors } from "../model/adapter.js";
import type { Model } from "../model/model-folder.js";
import type { ReferenceTraining } from "../model/referenceFile.js";
import { AdamW } from "./adamw.js";
import { LossSession } from "./loss-session.js";

/**
 * The losses before each step of a reference's training, computed here. The adapter's own arrays are trained: give it
 * one that is not needed afterwards.
 */
export async function referenceLosses(
  { architecture, weights: base }: Model,
  adapter: Adapter,
  training: ReferenceTraining,
  threads = 1,
): Promise<number[]> {
  const batch = training.batch.length;
  const length = training.batch[0]!.length - 1;
  const trained = ownFactors(adapter, architecture);
  const trains = { ...adapter, kind: "adapter", base } as const;
  const graph = { architecture, batch, length, trains, outputs: "loss and gradients" } as const;
  const session = await LossSession.create(graph, trained, threads);
  const [beta1, beta2] = training.betas;
  const { epsilon, weightDecay, learningRate } = training;
  const optimizer = new AdamW(trained, { beta1, beta2, epsilon, weightDecay });
  const flat = (part: (row: readonly number[]) => readonly number[]): BigInt64Array =>
    BigInt64Array.from(training.batch.flatMap(part), BigInt);
  const step = {
    tokens: flat((row) => row.slice(0, -1)),
    targets: flat((row) => row.slice(1)),
    weights: new Float32Array(batch * length).fill(1 / (batch * length)),
  };
  const losses: number[] = [];
  try {
    while (losses.length < training.losses.length) {
      const { loss, gradients } = await session.run(step);
      losses.push(loss);
      optimizer.update(gradients, learningRate, 1);
    }
  } finally {
    await session.close();
  }
  return losses;
}
