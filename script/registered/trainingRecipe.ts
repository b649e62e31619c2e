import { type AdapterHyperparameters, parseHyperparameters } from "@openledger/engine";
import type { TrainingManifest } from "@openledger/sdk";
import { RegisteredModelError } from "./RegisteredModelError.js";

export interface TrainingRecipe {
  readonly hyperparameters: AdapterHyperparameters;
  readonly seed: number;
  readonly steps: number;
}

/** Steps of a manifest that somebody may have written to keep others busy. */
const MOST_STEPS = 1_000_000;

/**
 * How to train an adapter as its manifest says.
 *
 * @throws RegisteredModelError `unknown_recipe` for a seed or steps that this engine does not take; TrainingError `unknown_recipe` for
 * parameters that it does not
 */
export function trainingRecipe({ hyperparameters, seed, steps }: TrainingManifest): TrainingRecipe {
  if (BigInt(seed) > BigInt(Number.MAX_SAFE_INTEGER)) {
    throw new RegisteredModelError(
      "unknown_recipe",
      `the manifest has seed ${seed}; this engine takes those below 2^53`,
    );
  }
  if (steps < 1 || steps > MOST_STEPS) {
    throw new RegisteredModelError("unknown_recipe", `the manifest has ${steps} steps; expected 1 to ${MOST_STEPS}`);
  }
  return { hyperparameters: parseHyperparameters(hyperparameters), seed: Number(seed), steps };
}
