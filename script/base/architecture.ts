import { llamaArchitecture } from "@openledger/engine";

/** The base model: 2.75 M parameters, small enough to train and to serve on two cores. */
export const BASE_ARCHITECTURE = llamaArchitecture({
  vocabulary: 4096,
  hidden: 192,
  layers: 5,
  heads: 6,
  kvHeads: 2,
  headDim: 32,
  feedForward: 512,
  maxPositions: 512,
  theta: 10_000,
  normEpsilon: 1e-6,
  head: "tied",
  endToken: 0,
});
