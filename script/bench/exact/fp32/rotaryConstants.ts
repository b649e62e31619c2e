import { type Architecture, type GraphBuilder, rotaryTables, type Value } from "@openledger/engine";

/** Cosines and sines as RotaryEmbedding and GroupQueryAttention take them: `[positions, D/2]` each. */
export function rotaryConstants(graph: GraphBuilder, architecture: Architecture): { cos: Value; sin: Value } {
  const { maxPositions, headDim } = architecture;
  const half = headDim / 2;
  const { cos, sin } = rotaryTables(architecture, maxPositions);
  const firstHalves = (table: Float32Array): Float32Array => table.filter((_, i) => i % headDim < half);
  return {
    cos: graph.constant("cos", firstHalves(cos), [maxPositions, half]),
    sin: graph.constant("sin", firstHalves(sin), [maxPositions, half]),
  };
}
