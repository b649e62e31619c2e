import { GraphBuilder } from "../onnx/graph.js";
import type { Architecture } from "./architecture.js";
import { constantSource, type LoraInputs } from "./constant-source.js";
import { causalMask, decoderHidden, headWeight, rotaryTables, softmaxAttention } from "./decoder.js";
import type { Weights } from "./parameters.js";

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
  const { heads, kvHeads, headDim } = architecture;
  const groups = heads / kvHeads;
  const graph = new GraphBuilder("prefill");
  const tokens = graph.input("tokens", "int64", [batch, length]);
  const source = constantSource(graph, architecture, weights, options.lora);
  const tables = rotaryTables(architecture, length);
  const mask = graph.constant("causal_mask", causalMask(groups, length), [1, 1, groups * length, length]);

  const hidden = decoderHidden(graph, architecture, source, tokens, {
    rotation: {
      cos: graph.constant("rotary_cos", tables.cos, [1, length, 1, headDim]),
      sin: graph.constant("rotary_sin", tables.sin, [1, length, 1, headDim]),
    },
    attend(layer, queries, keys, values) {
      if (outputs.includes("cache")) {
        graph.output(`key.${layer}`, keys);
        graph.output(`value.${layer}`, values);
      }
      return softmaxAttention(graph, headDim, queries, keys, values, mask);
    },
  });
  graph.output("hidden", hidden);
  if (outputs.includes("logits")) graph.output("logits", graph.linear(hidden, headWeight(architecture, source)));
  return graph.build();
}
