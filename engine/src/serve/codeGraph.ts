import type { Architecture } from "../model/architecture.js";
import { constantSource } from "../model/constant-source.js";
import { causalMask, decoderHidden, headWeight, rotaryTables, softmaxAttention } from "../model/decoder.js";
import type { Weights } from "../model/parameters.js";
import { GraphBuilder } from "../onnx/graph.js";

/**
 * The pass of the frozen base that attribution reads: one sequence of T positions, padded at the end with any tokens.
 *
 * Inputs int64: `tokens` `[1, T]`, what stands before each position; `targets` `[T, 1]`, what stands there.
 * Outputs: `hidden` `[T, hidden]` after the final norm; `probability` `[T, 1]` of each target.
 */
export function buildCodeGraph(architecture: Architecture, weights: Weights, length: number): Uint8Array {
  const { heads, kvHeads, headDim, hidden: width } = architecture;
  const groups = heads / kvHeads;
  const graph = new GraphBuilder("codes");
  const tokens = graph.input("tokens", "int64", [1, length]);
  const targets = graph.input("targets", "int64", [length, 1]);
  const source = constantSource(graph, architecture, weights);
  const tables = rotaryTables(architecture, length);
  const mask = graph.constant("causal_mask", causalMask(groups, length), [1, 1, groups * length, length]);

  const hidden = decoderHidden(graph, architecture, source, tokens, {
    rotation: {
      cos: graph.constant("rotary_cos", tables.cos, [1, length, 1, headDim]),
      sin: graph.constant("rotary_sin", tables.sin, [1, length, 1, headDim]),
    },
    attend: (_, queries, keys, values) => softmaxAttention(graph, headDim, queries, keys, values, mask),
  });
  const rows = graph.reshape(hidden, [length, width]);
  graph.output("hidden", rows);
  const logits = graph.linear(rows, headWeight(architecture, source));
  graph.output("probability", graph.gatherColumn(graph.softmax(logits), targets));
  return graph.build();
}
