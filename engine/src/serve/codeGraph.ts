import type { Architecture } from "../model/architecture.js";
import { constantSource } from "../model/constant-source.js";
import { decoderHidden, headWeight } from "../model/decoder.js";
import type { Weights } from "../model/parameters.js";
import { sequenceContext } from "../model/sequenceContext.js";
import { GraphBuilder } from "../onnx/graph.js";

/**
 * The pass of the frozen base that attribution reads: one sequence of T positions, padded at the end with any tokens.
 *
 * Inputs int64: `tokens` `[1, T]`, what stands before each position; `targets` `[T, 1]`, what stands there.
 * Outputs: `hidden` `[T, hidden]` after the final norm; `probability` `[T, 1]` of each target.
 */
export function buildCodeGraph(architecture: Architecture, weights: Weights, length: number): Uint8Array {
  const graph = new GraphBuilder("codes");
  const tokens = graph.input("tokens", "int64", [1, length]);
  const targets = graph.input("targets", "int64", [length, 1]);
  const source = constantSource(graph, architecture, weights);

  const context = sequenceContext(graph, architecture, length);
  const hidden = decoderHidden(graph, architecture, source, tokens, context);
  const rows = graph.reshape(hidden, [length, architecture.hidden]);
  graph.output("hidden", rows);
  const logits = graph.linear(rows, headWeight(architecture, source));
  graph.output("probability", graph.gatherColumn(graph.softmax(logits), targets));
  return graph.build();
}
