/**
 * A decoder of any family, written once over the graph builder: training, prefill and decoding share these layers and
 * differ only in where positions, keys, values and weights come from.
 *
 * Shapes: B sequences, S positions, H query heads in G = H/K groups of K key-value heads, D = head dimension. Queries
 * of one group are laid out under their key head, `[B, K, G·S, D]`, so that keys are never repeated.
 */
import type { GraphBuilder, Value } from "../onnx/graph.js";
import { type Dim, mulDims } from "../onnx/shape.js";
import type { Architecture } from "./architecture.js";
import {
  biasOf,
  EMBEDDING,
  FINAL_NORM,
  HEAD,
  hasBias,
  headNormName,
  normName,
  POSITIONS,
  type Projection,
  projectionBiasName,
  projectionName,
} from "./parameters.js";

/** Where a graph takes its parameters from: constants when serving, inputs when training. */
export interface ParameterSource {
  weight(name: string): Value;
  /** The LoRA factors of a projection and the factor alpha/r, or undefined when the projection has none. */
  lora(layer: number, projection: Projection): LoraFactors | undefined;
}

export interface LoraFactors {
  /** `[r, in]`; projections that share it give the same value. */
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
  /** How queries and keys are turned; absent where positions are learned. */
  readonly rotation?: Rotation | undefined;
  /** The rows `[…, S, hidden]` that learned positions add, of their table `[maxPositions, hidden]`. */
  positionRows(table: Value): Value;
  /** Given a layer's queries `[B, K, G·S, D]`, keys and values `[B, K, S, D]`: the attended values, like the queries. */
  attend(layer: number, queries: Value, keys: Value, values: Value): Value;
}

/** What every layer is made of. */
interface Parts {
  readonly graph: GraphBuilder;
  readonly architecture: Architecture;
  readonly source: ParameterSource;
  readonly context: AttentionContext;
}

/** Final hidden states after the last norm, `[B, S, hidden]`, of int64 tokens `[B, S]`. */
export function decoderHidden(
  graph: GraphBuilder,
  architecture: Architecture,
  source: ParameterSource,
  tokens: Value,
  context: AttentionContext,
): Value {
  const parts = { graph, architecture, source, context };
  let x = graph.gather(source.weight(EMBEDDING), tokens);
  if (architecture.positions.kind === "learned") x = graph.add(x, context.positionRows(source.weight(POSITIONS)));
  for (let layer = 0; layer < architecture.layers; layer++) {
    x = graph.add(x, attention(parts, layer, norm(parts, normName(layer, "attention"), x)));
    x = graph.add(x, feedForward(parts, layer, norm(parts, normName(layer, "feedForward"), x)));
  }
  return norm(parts, FINAL_NORM, x);
}

/** The table that turns hidden states into logits. */
export function headWeight(architecture: Architecture, source: ParameterSource): Value {
  return source.weight(architecture.head === "tied" ? EMBEDDING : HEAD);
}

/** Added to a score that must not count: exp underflows to 0, and no infinity can turn into a NaN. */
export const MASKED = -1e9;

function norm({ graph, architecture, source }: Parts, name: string, x: Value): Value {
  const weight = source.weight(name);
  const epsilon = architecture.normEpsilon;
  if (architecture.norm === "rms") return graph.rmsNorm(x, weight, epsilon);
  return graph.layerNorm(x, weight, source.weight(biasOf(name)), epsilon);
}

function attention(parts: Parts, layer: number, x: Value): Value {
  const { graph, architecture, context } = parts;
  const { heads, kvHeads, headDim } = architecture;
  const [batch, length] = x.shape as [Dim, Dim, Dim];
  const project = projector(parts, layer, x);
  const split = (projection: Projection, count: number): Value =>
    graph.reshape(project(projection), [batch, length, count, headDim]);
  const placed = (projection: "q" | "k", count: number): Value => {
    const normed = headNorm(parts, layer, projection, split(projection, count));
    return context.rotation === undefined ? normed : rotate(graph, context.rotation, normed);
  };

  const q = placed("q", heads);
  const k = placed("k", kvHeads);
  const rows = mulDims(heads / kvHeads, length);
  const queries = graph.reshape(graph.transpose(q, [0, 2, 1, 3]), [batch, kvHeads, rows, headDim]);
  const keys = graph.transpose(k, [0, 2, 1, 3]);
  const values = graph.transpose(split("v", kvHeads), [0, 2, 1, 3]);

  const mixed = graph.reshape(context.attend(layer, queries, keys, values), [batch, heads, length, headDim]);
  const joined = graph.reshape(graph.transpose(mixed, [0, 2, 1, 3]), [batch, length, heads * headDim]);
  return projector(parts, layer, joined)("o");
}

function headNorm({ graph, architecture, source }: Parts, layer: number, of: "q" | "k", x: Value): Value {
  if (!architecture.qkNorm) return x;
  return graph.rmsNorm(x, source.weight(headNormName(layer, of)), architecture.normEpsilon);
}

function feedForward(parts: Parts, layer: number, x: Value): Value {
  const { graph, architecture } = parts;
  const project = projector(parts, layer, x);
  const hidden =
    architecture.mlp === "gated"
      ? gated(graph, architecture, project("gate"), project("up"))
      : activate(graph, architecture, project("up"));
  return projector(parts, layer, hidden)("down");
}

function gated(graph: GraphBuilder, architecture: Architecture, gate: Value, up: Value): Value {
  if (architecture.activation === "silu") return graph.swiGlu(gate, up);
  return graph.mul(graph.geluTanh(gate), up);
}

function activate(graph: GraphBuilder, architecture: Architecture, x: Value): Value {
  if (architecture.activation === "gelu_tanh") return graph.geluTanh(x);
  return graph.mul(x, graph.sigmoid(x));
}

/** Projections of one input: those that share an A multiply it once. */
function projector({ graph, architecture, source }: Parts, layer: number, x: Value): (of: Projection) => Value {
  const narrowed = new Map<string, Value>();
  const narrow = ({ a, scale }: LoraFactors): Value => {
    const known = narrowed.get(a.name);
    if (known !== undefined) return known;
    const product = graph.linear(x, a);
    const made = scale === undefined ? product : graph.mul(product, scale);
    narrowed.set(a.name, made);
    return made;
  };
  return (of) => {
    const product = graph.linear(x, source.weight(projectionName(layer, of)));
    const base = hasBias(architecture, of) ? graph.add(product, source.weight(projectionBiasName(layer, of))) : product;
    const lora = source.lora(layer, of);
    return lora === undefined ? base : graph.add(base, graph.linear(narrow(lora), lora.b));
  };
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
