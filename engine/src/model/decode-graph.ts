import { GraphBuilder } from "../onnx/graph.js";
import type { Architecture } from "./architecture.js";
import { constantSource, type LoraInputs } from "./constant-source.js";
import { decoderHidden, headWeight, rotaryTables } from "./decoder.js";
import type { Weights } from "./parameters.js";

export interface DecodeOptions {
  readonly lora?: LoraInputs;
}

/**
 * One step of generation for B sequences with a cache of P rows: every sequence gives one token.
 *
 * Inputs: `tokens` int64 `[B, 1]`; `positions` int64 `[B, 1]`; `past_mask` `[B, 1, 1, P]`, 0 where a cache row counts and
 * MASKED where it does not; `past_key.i` and `past_value.i` `[B, K, P, D]`, P ≥ 1; the adapter's factors.
 * Outputs: `logits` `[B, 1, vocabulary]`; `key.i` and `value.i` `[B, K, 1, D]`, the new rows.
 *
 * The cache is fed, not copied: the caller keeps a buffer of any capacity, writes the new rows into it and masks the
 * rows not yet written. Attention is in two parts (past, self) so that the graph does not join them either.
 */
export function buildDecodeGraph(
  architecture: Architecture,
  weights: Weights,
  options: DecodeOptions = {},
): Uint8Array {
  const { kvHeads, headDim, layers } = architecture;
  const graph = new GraphBuilder("decode");
  const tokens = graph.input("tokens", "int64", ["B", 1]);
  const positions = graph.input("positions", "int64", ["B", 1]);
  const mask = graph.input("past_mask", "float", ["B", 1, 1, "P"]);
  const past = Array.from({ length: layers }, (_, layer) => ({
    key: graph.input(`past_key.${layer}`, "float", ["B", kvHeads, "P", headDim]),
    value: graph.input(`past_value.${layer}`, "float", ["B", kvHeads, "P", headDim]),
  }));
  const source = constantSource(graph, architecture, weights, options.lora);
  const tables = rotaryTables(architecture, architecture.maxPositions);
  const table = (name: string, data: Float32Array) => {
    const all = graph.constant(name, data, [architecture.maxPositions, headDim]);
    return graph.reshape(graph.gather(all, positions), ["B", 1, 1, headDim]);
  };

  const hidden = decoderHidden(graph, architecture, source, tokens, {
    rotation: { cos: table("rotary_cos", tables.cos), sin: table("rotary_sin", tables.sin) },
    attend(layer, queries, keys, values) {
      graph.output(`key.${layer}`, keys);
      graph.output(`value.${layer}`, values);
      const { key, value } = past[layer]!;
      const scaled = graph.mul(queries, graph.scalar(1 / Math.sqrt(headDim)));
      const before = graph.add(graph.matmul(scaled, graph.transpose(key, [0, 1, 3, 2])), mask);
      const self = graph.matmul(scaled, graph.transpose(keys, [0, 1, 3, 2]));
      // Self first: its place is known, so the parts can be cut without knowing P.
      const weights = graph.softmax(graph.concat([self, before], 3));
      const ofSelf = graph.slice(weights, 3, 0, 1);
      const ofPast = graph.dropFirst(weights, 3, 1, "P");
      return graph.add(graph.matmul(ofSelf, values), graph.matmul(ofPast, value));
    },
  });
  graph.output("logits", graph.linear(hidden, headWeight(architecture, source)));
  return graph.build();
}
