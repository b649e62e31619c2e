import { type Model, trainWeights } from "@openledger/engine";

const STEPS = 48;

/**
 * A model after a short training on a stream of tokens, 30 seconds for the shipped base: what a change of its weights broke
 * works again, and weights far from 0 stay there.
 */
export async function retrained(
  { architecture, weights }: Model,
  stream: readonly number[],
  threads: number,
): Promise<Model> {
  const untrained = [...weights].map(([name, { length }]) => {
    return [name, { first: new Float32Array(length), second: new Float32Array(length) }] as const;
  });
  const trained = await trainWeights({
    architecture,
    stream: Uint16Array.from(stream),
    batch: 8,
    length: 256,
    schedule: { peak: 1e-3, floor: 0.1, warmupSteps: 8, holdSteps: STEPS / 2, totalSteps: STEPS },
    optimizer: { beta1: 0.9, beta2: 0.95, epsilon: 1e-8, weightDecay: 0 },
    clipNorm: 1,
    seed: 1,
    threads,
    from: { step: 0, weights, moments: new Map(untrained) },
  });
  return { architecture, weights: trained };
}
