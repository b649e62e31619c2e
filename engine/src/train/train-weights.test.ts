import { expect, test } from "vitest";
import { llamaArchitecture } from "../model/architecture.js";
import { type Checkpoint, decodeCheckpoint, encodeCheckpoint } from "./checkpoint.js";
import { textLoss } from "./text-loss.js";
import { trainWeights, type WeightTraining } from "./train-weights.js";

const ARCHITECTURE = llamaArchitecture({
  vocabulary: 16,
  hidden: 16,
  layers: 2,
  heads: 2,
  kvHeads: 1,
  headDim: 8,
  feedForward: 32,
  maxPositions: 32,
  theta: 10_000,
  normEpsilon: 1e-6,
  head: "tied",
  endToken: 0,
});

const TRAINING: WeightTraining = {
  architecture: ARCHITECTURE,
  // A sequence with a rule: the next token follows from the one before.
  stream: Uint16Array.from({ length: 2000 }, (_, i) => (i * 5) % 16),
  batch: 2,
  length: 16,
  schedule: { peak: 1e-2, warmupSteps: 5, holdSteps: 10, totalSteps: 60, floor: 0.1 },
  optimizer: { beta1: 0.9, beta2: 0.95, epsilon: 1e-8, weightDecay: 0.1 },
  clipNorm: 1,
  seed: 4,
  threads: 1,
};

test("a rule is learned, from nearly uniform guesses to nearly none", async () => {
  const losses: number[] = [];

  const weights = await trainWeights({
    ...TRAINING,
    onStep: ({ loss }) => {
      losses.push(loss);
    },
  });

  expect(losses[0]).toBeCloseTo(Math.log(16), 1);
  expect(losses.at(-1)).toBeLessThan(0.5);
  const text = Array.from({ length: 40 }, (_, i) => ((i + 3) * 5) % 16);
  const { nats, tokens } = await textLoss({ architecture: ARCHITECTURE, weights }, [text], { length: 16, threads: 1 });
  expect(tokens).toBe(40);
  expect(nats / tokens).toBeLessThan(1);
});

test("a run that was stopped ends with the same bits as one that was not", async () => {
  let saved: Uint8Array | undefined;
  const whole = await trainWeights({
    ...TRAINING,
    onStep: ({ step, checkpoint }) => {
      if (step === 25) saved = encodeCheckpoint(checkpoint());
    },
  });

  const from: Checkpoint = decodeCheckpoint(saved!, "checkpoint");
  const resumed = await trainWeights({ ...TRAINING, from });

  expect(from.step).toBe(25);
  for (const [name, data] of whole) expect(resumed.get(name), name).toEqual(data);
});

test("another seed gives other weights", async () => {
  const short = { ...TRAINING, schedule: { ...TRAINING.schedule, totalSteps: 3 } };
  const first = await trainWeights(short);
  const second = await trainWeights({ ...short, seed: 5 });

  const name = "model.layers.0.mlp.up_proj.weight";
  expect(first.get(name)).not.toEqual(second.get(name));
});

test("an aborted run stops before its next step", async () => {
  const controller = new AbortController();
  let steps = 0;
  const run = trainWeights({
    ...TRAINING,
    signal: controller.signal,
    onStep: () => {
      steps++;
      controller.abort(new Error("enough"));
    },
  });

  await expect(run).rejects.toThrow("enough");
  expect(steps).toBe(1);
});
