import { type Architecture, type GraphBuilder, rotaryFrequencies, type Value } from "@openledger/engine";

/** Cosines and sines as RotaryEmbedding and GroupQueryAttention take them: `[positions, D/2]` each. */
export function rotaryConstants(graph: GraphBuilder, architecture: Architecture): { cos: Value; sin: Value } {
  const { maxPositions, headDim } = architecture;
  const half = headDim / 2;
  const frequencies = rotaryFrequencies(architecture);
  const table = (of: (angle: number) => number): Float32Array =>
    Float32Array.from({ length: maxPositions * half }, (_, i) => of(Math.floor(i / half) * frequencies[i % half]!));
  return {
    cos: graph.constant("cos", table(Math.cos), [maxPositions, half]),
    sin: graph.constant("sin", table(Math.sin), [maxPositions, half]),
  };
}
