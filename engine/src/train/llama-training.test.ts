import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { loadAdapter } from "../model/adapter.js";
import { loadModel } from "../model/model-folder.js";
import { AdamW } from "./adamw.js";
import { LossSession } from "./loss-session.js";

interface Reference {
  training: {
    batch: number[][];
    optimizer: { lr: number; betas: [number, number]; eps: number; weight_decay: number };
    loss_per_step: number[];
  };
}

const DIR = fileURLToPath(new URL("../../fixtures/llama/", import.meta.url));

test("five AdamW steps on an adapter give the losses of peft and torch", async () => {
  const { training } = JSON.parse(readFileSync(`${DIR}reference.json`, "utf8")) as Reference;
  const { architecture, weights: base } = await loadModel(DIR);
  const { rank, alpha, projections, factors } = await loadAdapter(`${DIR}adapter`, architecture);
  const batch = training.batch.length;
  const length = training.batch[0]!.length - 1;
  const trains = { kind: "adapter" as const, base, rank, alpha, projections };
  const options = { architecture, batch, length, trains, outputs: "loss and gradients" as const };
  const session = await LossSession.create(options, factors, 1);
  const { lr, betas, eps, weight_decay } = training.optimizer;
  const optimizer = new AdamW(factors, { beta1: betas[0], beta2: betas[1], epsilon: eps, weightDecay: weight_decay });
  const step = {
    tokens: BigInt64Array.from(
      training.batch.flatMap((ids) => ids.slice(0, -1)),
      BigInt,
    ),
    targets: BigInt64Array.from(
      training.batch.flatMap((ids) => ids.slice(1)),
      BigInt,
    ),
    weights: new Float32Array(batch * length).fill(1 / (batch * length)),
  };

  const losses: number[] = [];
  for (const _ of training.loss_per_step) {
    const { loss, gradients } = await session.run(step);
    losses.push(loss);
    optimizer.update(gradients, lr, 1);
  }
  await session.close();

  for (const [i, wanted] of training.loss_per_step.entries()) expect(Math.abs(losses[i]! - wanted)).toBeLessThan(1e-4);
});
