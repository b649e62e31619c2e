import { GraphBuilder } from "../onnx/graph.js";
import type { Architecture } from "./architecture.js";
import { constantSource, type LoraInputs } from "./constant-source.js";
import { decoderHidden, headWeight } from "./decoder.js";
import type { Weights } from "./parameters.js";
import { sequenceContext } from "./sequenceContext.js";

export interface PrefillOptions {
  /** Positions T of the fixed shape; 1 to `maxPositions`. Shorter inputs are padded at the end with any token. */
  readonly length: number;
  readonly batch?: number;
  /** Which outputs besides `hidden`: logits of every position, and each layer's keys and values. */
  readonly outputs?: readonly ("logits" | "cache")[];
  readonly lora?: LoraInputs;
}

/**
 * A whole sequence in one pass, causal, so padding at the end changes nothing before it.
 *
 * Input `tokens` int64 `[B, T]` (and the adapter's factors). Outputs: `hidden` `[B, T, hidden]` after the final norm;
 * `logits` `[B, T, vocabulary]`; `key.i` and `value.i` `[B, K, T, D]`, keys already rotated.
 */
export function buildPrefillGraph(architecture: Architecture, weights: Weights, options: PrefillOptions): Uint8Array {
  const { length, batch = 1, outputs = [] } = options;
  const graph = new GraphBuilder("prefill");
  const tokens = graph.input("tokens", "int64", [batch, length]);
  const source = constantSource(graph, architecture, weights, options.lora);
  const context = sequenceContext(graph, architecture, length, (layer, keys, values) => {
    if (!outputs.includes("cache")) return;
    graph.output(`key.${layer}`, keys);
    graph.output(`value.${layer}`, values);
  });

  const hidden = decoderHidden(graph, architecture, source, tokens, context);
  graph.output("hidden", hidden);
  if (outputs.includes("logits")) graph.output("logits", graph.linear(hidden, headWeight(architecture, source)));
  return graph.build();
}
