import { type Architecture, llamaArchitecture } from "@openledger/engine";

/** A Llama of 135 million parameters, of the sizes of SmolLM-135M. */
export const SHAPE_135M: Architecture = llamaArchitecture({
  vocabulary: 49_152,
  hidden: 576,
  layers: 30,
  heads: 9,
  kvHeads: 3,
  headDim: 64,
  feedForward: 1536,
  maxPositions: 2048,
  theta: 10_000,
  normEpsilon: 1e-5,
  head: "tied",
  endToken: 0,
});
