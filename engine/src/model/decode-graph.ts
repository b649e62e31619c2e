import { GraphBuilder, type Value } from "../onnx/graph.js";
import type { Architecture } from "./architecture.js";
import { constantSource, type LoraInputs } from "./constant-source.js";
import { type AttentionContext, decoderHidden, headWeight, MASKED } from "./decoder.js";
import type { Weights } from "./parameters.js";
import { rotaryTables } from "./rotaryTables.js";
import { reaching } from "./sequenceContext.js";

export interface DecodeOptions {
  readonly lora?: LoraInputs;
  /** Positions that are asked for, `maxPositions` if absent: rotary tables of long contexts are large. */
  readonly positions?: number;
}

/**
 * One step of generation for B sequences with a cache of P rows: every sequence gives one token.
 *
 * Inputs: `tokens` int64 `[B, 1]`; `positions` int64 `[B, 1]`; `past_mask` `[B, 1, 1, P]`, 0 where a cache row counts and
 * MASKED where it does not; `past_key.i` and `past_value.i` `[B, K, P, D]`, P ≥ 1, row j that of position j; the
 * adapter's factors. Outputs: `logits` `[B, 1, vocabulary]`; `key.i` and `value.i` `[B, K, 1, D]`, the new rows.
 *
 * The cache is fed, not copied: the caller keeps a buffer of any capacity, writes the new rows into it and masks the
 * rows not yet written; rows behind a layer's window are masked here. Attention is in two parts (past, self) so that
 * the graph does not join them either.
 */
export function buildDecodeGraph(
  architecture: Architecture,
  weights: Weights,
  options: DecodeOptions = {},
): Uint8Array {
  const { kvHeads, headDim, layers, maxPositions } = architecture;
  const reach = options.positions ?? maxPositions;
  const graph = new GraphBuilder("decode");
  const tokens = graph.input("tokens", "int64", ["B", 1]);
  const positions = graph.input("positions", "int64", ["B", 1]);
  const mask = graph.input("past_mask", "float", ["B", 1, 1, "P"]);
  const past = Array.from({ length: layers }, (_, layer) => ({
    key: graph.input(`past_key.${layer}`, "float", ["B", kvHeads, "P", headDim]),
    value: graph.input(`past_value.${layer}`, "float", ["B", kvHeads, "P", headDim]),
  }));
  const source = constantSource(graph, architecture, weights, options.lora);
  const masks = pastMasks(graph, architecture, mask, positions, reach);

  const hidden = decoderHidden(graph, architecture, source, tokens, {
    rotation: rotationAt(graph, architecture, positions, reach),
    positionRows: (table) => graph.gather(table, positions),
    attend(layer, queries, keys, values) {
      graph.output(`key.${layer}`, keys);
      graph.output(`value.${layer}`, values);
      const { key, value } = past[layer]!;
      const scaled = graph.mul(queries, graph.scalar(1 / Math.sqrt(headDim)));
      const before = graph.add(graph.matmul(scaled, graph.transpose(key, [0, 1, 3, 2])), masks[layer]!);
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

function rotationAt(
  graph: GraphBuilder,
  architecture: Architecture,
  positions: Value,
  reach: number,
): AttentionContext["rotation"] {
  if (architecture.positions.kind === "learned") return undefined;
  const { headDim } = architecture;
  const tables = rotaryTables(architecture, reach);
  const rows = (name: string, data: Float32Array): Value => {
    const all = graph.constant(name, data, [reach, headDim]);
    return graph.reshape(graph.gather(all, positions), ["B", 1, 1, headDim]);
  };
  return { cos: rows("rotary_cos", tables.cos), sin: rows("rotary_sin", tables.sin) };
}

/** Each layer's mask of the cache: the caller's, and where the layer has a window, the rows behind it. */
function pastMasks(
  graph: GraphBuilder,
  { windows, layers }: Architecture,
  mask: Value,
  positions: Value,
  reach: number,
): Value[] {
  const made = new Map<number | null, Value>([[null, mask]]);
  return Array.from({ length: layers }, (_, layer) => {
    const window = reaching(windows[layer], reach);
    const known = made.get(window);
    if (known !== undefined) return known;
    const masked = graph.add(mask, behindWindow(graph, mask, positions, window!));
    made.set(window, masked);
    return masked;
  });
}

/** `[B, 1, 1, P]`: MASKED at row j where position − j ≥ window, else 0. */
function behindWindow(graph: GraphBuilder, mask: Value, positions: Value, window: number): Value {
  const size = graph.custom("Shape", [mask], "int64", [1], { attributes: { start: 3, end: 4 } });
  const [zero, one] = [0, 1].map((n) => graph.constant(`row_bound.${n}.${window}`, BigInt64Array.of(BigInt(n)), []));
  const count = graph.custom("Squeeze", [size], "int64", []);
  const rows = graph.custom("Range", [zero!, count, one!], "int64", ["P"]);
  const distance = graph.custom("Sub", [positions, rows], "int64", ["B", "P"]);
  const outside = graph.custom("GreaterOrEqual", [distance, graph.integers([window])], "bool", ["B", "P"]);
  const added = graph.custom("Where", [outside, graph.scalar(MASKED), graph.scalar(0)], mask.type, ["B", "P"]);
  return graph.custom("Unsqueeze", [added, graph.integers([1, 2])], mask.type, ["B", 1, 1, "P"]);
}
