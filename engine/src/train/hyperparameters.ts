import { PROJECTIONS, type Projection } from "../model/parameters.js";

/** What an adapter's training depends on besides base, data and seed; a manifest records all of it. */
export interface AdapterHyperparameters {
  readonly rank: number;
  readonly alpha: number;
  /** Those that the base does not have (the gate of GPT-2) are left out. */
  readonly projections: readonly Projection[];
  /** Peak of the learning rate; warm-up is a tenth of the steps, then a cosine down to a tenth. */
  readonly learningRate: number;
  readonly weightDecay: number;
  readonly clipNorm: number;
  /** Times that every record is seen. */
  readonly epochs: number;
  /** Sequences a step. */
  readonly batch: number;
  /** Tokens of a sequence, at most the model's positions. */
  readonly length: number;
}

export const DEFAULT_HYPERPARAMETERS: AdapterHyperparameters = {
  rank: 16,
  alpha: 64,
  projections: PROJECTIONS,
  learningRate: 5e-3,
  weightDecay: 0.01,
  clipNorm: 1,
  epochs: 2,
  batch: 2,
  length: 256,
};
