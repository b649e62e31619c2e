import { trainAdapter } from "@openledger/engine";
import type { Bench } from "./bench.js";
import { BASE_DIR, seedRecords } from "./seedRecords.js";

/** Training of an adapter with the default settings, one epoch over the first Datanet's text, two threads. */
export const training: Bench = {
  name: "train",
  about: "adapter training: tokens per second, loss before and after one epoch",
  run: async (report) => {
    const { contributions } = await seedRecords(80);
    const started = performance.now();
    const result = await trainAdapter({
      modelDir: BASE_DIR,
      records: contributions.flatMap(({ records }) => records),
      heldOut: contributions.flatMap(({ heldOut }) => heldOut),
      hyperparameters: { epochs: 1 },
      seed: 1,
      onProgress: ({ step, steps }) => {
        if (step % 20 === 0) report(`step ${step} of ${steps}`);
      },
    });
    return {
      train_tokens_per_second: result.tokensPerSecond,
      seconds: (performance.now() - started) / 1000,
      steps: result.steps,
      loss_before: result.lossBefore,
      loss_after: result.lossAfter,
    };
  },
};
