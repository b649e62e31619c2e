/**
 * A Llama decoder, written once over the graph builder: training, prefill and decoding share these layers and differ
 * only in where keys, values and weights come from.
 *
 * Shapes: B sequences, S positions, H query heads in G = H/K groups of K key-value heads, D = head dimension. Queries
 * of one group are laid out under their key head, `[B, K, G·S, D]`, so that keys are never repeated.
 */
import type { GraphBuilder, Value } from "../onnx/graph.js";
import { type Dim, mulDims } from "../onnx/shape.js";
import type { Architecture } from "./architecture.js";
import { EMBEDDING, FINAL_NORM, HEAD, normName, type Projection, projectionName } from "./parameters.js";
import { rotaryFrequencies } from "./rotary.js";

/** Where a graph takes its parameters from: constants when serving, inputs when training. */
export interface ParameterSource {
  weight(name: string): Value;
  /** The LoRA factors of a projection and the factor alpha/r, or undefined when the projection has none. */
  lora(layer: number, projection: Projection): LoraFactors | undefined;
}

export interface LoraFactors {
  /** `[r, in]` */
  readonly a: Value;
  /** `[out, r]` */
  readonly b: Value;
  /** A scalar times the product, absent where it is already inside `b`. */
  readonly scale?: Value;
}

/** Cosines and sines of the positions' angles, broadcastable to `[B, S, 1, D]`. */
export interface Rotation {
  readonly cos: Value;
  readonly sin: Value;
}

export interface AttentionContext {
  readonly rotation: Rotation;
  /** Given a layer's queries `[B, K, G·S, D]`, keys and values `[B, K, S, D]`: the attended values, like the queries. */
  attend(layer: number, queries: Value, keys: Value, values: Value): Value;
}

/** Final hidden states after the last norm, `[B, S, hidden]`, of int64 tokens `[B, S]`. */
export function decoderHidden(
  graph: GraphBuilder,
  architecture: Architecture,
  source: ParameterSource,
  tokens: Value,
  context: AttentionContext,
): Value {
  const epsilon = architecture.normEpsilon;
  let x = graph.gather(source.weight(EMBEDDING), tokens);
  for (let layer = 0; layer < architecture.layers; layer++) {
    const normed = graph.rmsNorm(x, source.weight(normName(layer, "attention")), epsilon);
    x = graph.add(x, attention(graph, architecture, source, context, layer, normed));
    const inner = graph.rmsNorm(x, source.weight(normName(layer, "feedForward")), epsilon);
    x = graph.add(x, feedForward(graph, source, layer, inner));
  }
  return graph.rmsNorm(x, source.weight(FINAL_NORM), epsilon);
}

/** The table that turns hidden states into logits. */
export function headWeight(architecture: Architecture, source: ParameterSource): Value {
  return source.weight(architecture.head === "tied" ? EMBEDDING : HEAD);
}

/** Softmax attention over one block of keys; `mask` is added to the scores `[B, K, G·S, keys]`. */
export function softmaxAttention(
  graph: GraphBuilder,
  headDim: number,
  queries: Value,
  keys: Value,
  values: Value,
  mask: Value,
): Value {
  const scaled = graph.mul(queries, graph.scalar(1 / Math.sqrt(headDim)));
  return graph.attention(scaled, keys, values, mask);
}

/**
 * Rotary tables of positions 0 to `positions` − 1, each `[positions, D]`; element i turns with element i + D/2. Computed
 * in float64, stored in float32.
 */
export function rotaryTables(architecture: Architecture, positions: number): { cos: Float32Array; sin: Float32Array } {
  const { headDim } = architecture;
  const half = headDim / 2;
  const frequencies = rotaryFrequencies(architecture);
  const cos = new Float32Array(positions * headDim);
  const sin = new Float32Array(positions * headDim);
  for (let position = 0; position < positions; position++) {
    for (let i = 0; i < half; i++) {
      const angle = position * frequencies[i]!;
      for (const at of [position * headDim + i, position * headDim + i + half]) {
        cos[at] = Math.cos(angle);
        sin[at] = Math.sin(angle);
      }
    }
  }
  return { cos, sin };
}

/** The additive causal mask of `length` positions for G query rows a key head: `[1, 1, G·length, length]`. */
export function causalMask(groups: number, length: number): Float32Array {
  const mask = new Float32Array(groups * length * length);
  for (let row = 0; row < groups * length; row++) {
    mask.fill(MASKED, row * length + (row % length) + 1, (row + 1) * length);
  }
  return mask;
}

/** Added to a score that must not count: exp underflows to 0, and no infinity can turn into a NaN. */
export const MASKED = -1e9;

function attention(
  graph: GraphBuilder,
  architecture: Architecture,
  source: ParameterSource,
  context: AttentionContext,
  layer: number,
  x: Value,
): Value {
  const { heads, kvHeads, headDim } = architecture;
  const [batch, length] = x.shape as [Dim, Dim, Dim];
  const groups = heads / kvHeads;
  const split = (projection: Projection, count: number): Value =>
    graph.reshape(project(graph, source, layer, projection, x), [batch, length, count, headDim]);

  const q = rotate(graph, context.rotation, split("q", heads));
  const k = rotate(graph, context.rotation, split("k", kvHeads));
  const rows = mulDims(groups, length);
  const queries = graph.reshape(graph.transpose(q, [0, 2, 1, 3]), [batch, kvHeads, rows, headDim]);
  const keys = graph.transpose(k, [0, 2, 1, 3]);
  const values = graph.transpose(split("v", kvHeads), [0, 2, 1, 3]);

  const mixed = graph.reshape(context.attend(layer, queries, keys, values), [batch, heads, length, headDim]);
  const joined = graph.reshape(graph.transpose(mixed, [0, 2, 1, 3]), [batch, length, heads * headDim]);
  return project(graph, source, layer, "o", joined);
}

function feedForward(graph: GraphBuilder, source: ParameterSource, layer: number, x: Value): Value {
  const gate = project(graph, source, layer, "gate", x);
  const up = project(graph, source, layer, "up", x);
  return project(graph, source, layer, "down", graph.swiGlu(gate, up));
}

function project(graph: GraphBuilder, source: ParameterSource, layer: number, projection: Projection, x: Value): Value {
  const base = graph.linear(x, source.weight(projectionName(layer, projection)));
  const lora = source.lora(layer, projection);
  if (lora === undefined) return base;
  const narrow = graph.linear(x, lora.a);
  return graph.add(base, graph.linear(lora.scale === undefined ? narrow : graph.mul(narrow, lora.scale), lora.b));
}

/** `x·cos + (x·R)·sin`, where R exchanges the halves and negates the second: one small product beats four slices. */
function rotate(graph: GraphBuilder, { cos, sin }: Rotation, x: Value): Value {
  const turned = graph.matmul(x, halfTurn(graph, x.shape.at(-1) as number));
  return graph.add(graph.mul(x, cos), graph.mul(turned, sin));
}

const HALF_TURNS = new WeakMap<GraphBuilder, Value>();

function halfTurn(graph: GraphBuilder, headDim: number): Value {
  const known = HALF_TURNS.get(graph);
  if (known !== undefined) return known;
  const half = headDim / 2;
  const matrix = new Float32Array(headDim * headDim);
  for (let i = 0; i < half; i++) {
    matrix[(i + half) * headDim + i] = -1;
    matrix[i * headDim + i + half] = 1;
  }
  const value = graph.constant("half_turn", matrix, [headDim, headDim]);
  HALF_TURNS.set(graph, value);
  return value;
}
