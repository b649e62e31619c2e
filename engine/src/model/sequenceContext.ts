import type { GraphBuilder, Value } from "../onnx/graph.js";
import type { Architecture } from "./architecture.js";
import { type AttentionContext, MASKED } from "./decoder.js";
import { rotaryTables } from "./rotaryTables.js";

/**
 * Attention of whole sequences of `length` positions from 0 on: causal, and within the window of each layer.
 *
 * @param onCache is given each layer's keys, already turned, and values, `[B, K, S, D]`
 */
export function sequenceContext(
  graph: GraphBuilder,
  architecture: Architecture,
  length: number,
  onCache?: (layer: number, keys: Value, values: Value) => void,
): AttentionContext {
  const { heads, kvHeads, headDim, windows } = architecture;
  const groups = heads / kvHeads;
  const masks = new Map<number | null, Value>();
  const maskOf = (layer: number): Value => {
    const window = reaching(windows[layer], length);
    const known = masks.get(window);
    if (known !== undefined) return known;
    const name = window === null ? "causal_mask" : `causal_mask.${window}`;
    const mask = graph.constant(name, causalMask(groups, length, window), [1, 1, groups * length, length]);
    masks.set(window, mask);
    return mask;
  };
  return {
    rotation: rotationOf(graph, architecture, length),
    positionRows: (table) => graph.slice(table, 0, 0, length),
    attend(layer, queries, keys, values) {
      onCache?.(layer, keys, values);
      const scaled = graph.mul(queries, graph.scalar(1 / Math.sqrt(headDim)));
      return graph.attention(scaled, keys, values, maskOf(layer));
    },
  };
}

/** A window that some position of `positions` looks beyond, else null. */
export function reaching(window: number | null | undefined, positions: number): number | null {
  return typeof window === "number" && window < positions ? window : null;
}

function rotationOf(graph: GraphBuilder, architecture: Architecture, length: number): AttentionContext["rotation"] {
  if (architecture.positions.kind === "learned") return undefined;
  const { headDim } = architecture;
  const { cos, sin } = rotaryTables(architecture, length);
  return {
    cos: graph.constant("rotary_cos", cos, [1, length, 1, headDim]),
    sin: graph.constant("rotary_sin", sin, [1, length, 1, headDim]),
  };
}

/** The additive causal mask of `length` positions for G query rows a key head: `[1, 1, G·length, length]`. */
function causalMask(groups: number, length: number, window: number | null): Float32Array {
  const mask = new Float32Array(groups * length * length);
  for (let row = 0; row < groups * length; row++) {
    const position = row % length;
    mask.fill(MASKED, row * length + position + 1, (row + 1) * length);
    if (window !== null) mask.fill(MASKED, row * length, row * length + Math.max(0, position - window + 1));
  }
  return mask;
}
