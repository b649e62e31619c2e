/**
 * Reverse-mode differentiation that emits ONNX nodes: walks the recorded operations of a graph backwards and adds
 * each one's vector-Jacobian product to the same graph.
 *
 * A look-up in a table has no dense derivative here: scatter-add in onnxruntime is slow and not deterministic, so the
 * rows that were read come out with their gradients, and the caller adds them up in order (`addRows`).
 */

import { GraphError } from "../onnx/errors.js";
import { GELU_CUBIC, GELU_SCALE, type GraphBuilder, type Operation, type Value } from "../onnx/graph.js";
import { type Shape, sameShape, showShape, sizeOf } from "../onnx/shape.js";

/** The gradient of a parameter: a dense part, and rows to be added where a table was read. */
export interface Gradient {
  readonly dense: Value | undefined;
  readonly rows: readonly RowGradient[];
}

export interface RowGradient {
  /** int64, any shape of n elements: the rows that were read. */
  readonly ids: Value;
  /** `[…, d]`, n rows. */
  readonly values: Value;
}

interface Context {
  readonly graph: GraphBuilder;
  /** Whether the gradient of a value is asked for. */
  needs(value: Value): boolean;
  accumulate(value: Value, gradient: Value): void;
  accumulateRows(table: Value, rows: RowGradient): void;
}

type Rule = (context: Context, operation: Operation, upstream: Value) => void;

/**
 * Gradients of a scalar `loss` with respect to `parameters`.
 *
 * @throws GraphError `not_differentiable` when the loss depends on a parameter through an operation without a rule
 */
export function gradients(graph: GraphBuilder, loss: Value, parameters: readonly Value[]): Gradient[] {
  const operations = [...graph.operations];
  const active = new Set(parameters.map((parameter) => parameter.name));
  for (const { inputs, output } of operations) {
    if (inputs.some((input) => active.has(input.name))) active.add(output.name);
  }
  const dense = new Map<string, Value>();
  const rows = new Map<string, RowGradient[]>();
  const context: Context = {
    graph,
    needs: (value) => active.has(value.name),
    accumulate(value, gradient) {
      if (!active.has(value.name)) return;
      if (!sameShape(value.shape, gradient.shape)) {
        const found = `${showShape(gradient.shape)} for ${showShape(value.shape)}`;
        throw new GraphError("shape_mismatch", `a gradient needs the shape of its value, found ${found}`);
      }
      const before = dense.get(value.name);
      dense.set(value.name, before === undefined ? gradient : graph.add(before, gradient));
    },
    accumulateRows(table, entry) {
      if (active.has(table.name)) rows.set(table.name, [...(rows.get(table.name) ?? []), entry]);
    },
  };

  graph.unrecorded(() => {
    dense.set(loss.name, graph.scalar(1));
    for (const operation of operations.reverse()) {
      if (!active.has(operation.output.name)) continue;
      const upstream = dense.get(operation.output.name);
      if (upstream === undefined) continue;
      const rule = RULES[operation.op];
      if (rule === undefined) {
        throw new GraphError(
          "not_differentiable",
          `${operation.op} has no derivative; write it from operations that do`,
        );
      }
      rule(context, operation, upstream);
    }
  });
  return parameters.map(({ name }) => ({ dense: dense.get(name), rows: rows.get(name) ?? [] }));
}

/** Adds row gradients to a table's dense gradient, in order: `table[ids[i]] += values[i]`. */
export function addRows(
  table: Float32Array | Float64Array,
  ids: BigInt64Array,
  values: Float32Array | Float64Array,
): void {
  const width = values.length / ids.length;
  for (let i = 0; i < ids.length; i++) {
    const to = Number(ids[i]) * width;
    const from = i * width;
    for (let j = 0; j < width; j++) table[to + j]! += values[from + j]!;
  }
}

const RULES: Readonly<Record<string, Rule>> = {
  Add({ graph, accumulate, needs }, { inputs: [a, b] }, g) {
    if (needs(a!)) accumulate(a!, unbroadcast(graph, g, a!.shape));
    if (needs(b!)) accumulate(b!, unbroadcast(graph, g, b!.shape));
  },
  Sub({ graph, accumulate, needs }, { inputs: [a, b] }, g) {
    if (needs(a!)) accumulate(a!, unbroadcast(graph, g, a!.shape));
    if (needs(b!)) accumulate(b!, unbroadcast(graph, graph.neg(g), b!.shape));
  },
  Mul({ graph, accumulate, needs }, { inputs: [a, b] }, g) {
    if (needs(a!)) accumulate(a!, unbroadcast(graph, graph.mul(g, b!), a!.shape));
    if (needs(b!)) accumulate(b!, unbroadcast(graph, graph.mul(g, a!), b!.shape));
  },
  Div({ graph, accumulate, needs }, { inputs: [a, b], output }, g) {
    const quotient = graph.div(g, b!);
    if (needs(a!)) accumulate(a!, unbroadcast(graph, quotient, a!.shape));
    if (needs(b!)) accumulate(b!, unbroadcast(graph, graph.neg(graph.mul(quotient, output)), b!.shape));
  },
  Neg({ graph, accumulate }, { inputs: [x] }, g) {
    accumulate(x!, graph.neg(g));
  },
  Sqrt({ graph, accumulate }, { inputs: [x], output }, g) {
    accumulate(x!, graph.mul(graph.div(g, output), graph.scalar(0.5)));
  },
  Exp({ graph, accumulate }, { inputs: [x], output }, g) {
    accumulate(x!, graph.mul(g, output));
  },
  Log({ graph, accumulate }, { inputs: [x] }, g) {
    accumulate(x!, graph.div(g, x!));
  },
  Tanh({ graph, accumulate }, { inputs: [x], output }, g) {
    accumulate(x!, graph.mul(g, graph.sub(graph.scalar(1), graph.mul(output, output))));
  },
  Sigmoid({ graph, accumulate }, { inputs: [x], output }, g) {
    accumulate(x!, graph.mul(g, graph.sub(output, graph.mul(output, output))));
  },
  Softmax({ graph, accumulate }, { inputs: [x], output }, g) {
    const weighted = graph.mul(g, output);
    const total = graph.reduceSum(weighted, [-1], "keep");
    accumulate(x!, graph.sub(weighted, graph.mul(output, total)));
  },
  MatMul({ graph, accumulate, needs }, { inputs: [a, b] }, g) {
    if (needs(a!)) accumulate(a!, unbroadcast(graph, graph.matmul(g, swapLast(graph, b!)), a!.shape));
    if (needs(b!)) accumulate(b!, unbroadcast(graph, graph.matmul(swapLast(graph, a!), g), b!.shape));
  },
  Gemm({ graph, accumulate, needs }, { inputs: [a, b], attributes }, g) {
    const [left, right] = [a!, b!];
    if (attributes.transA === 1) {
      if (needs(left)) accumulate(left, graph.gemm(right, g, "abT"));
      if (needs(right)) accumulate(right, graph.gemm(left, g, "ab"));
    } else if (attributes.transB === 1) {
      if (needs(left)) accumulate(left, graph.gemm(g, right, "ab"));
      if (needs(right)) accumulate(right, graph.gemm(g, left, "aTb"));
    } else {
      if (needs(left)) accumulate(left, graph.gemm(g, right, "abT"));
      if (needs(right)) accumulate(right, graph.gemm(left, g, "aTb"));
    }
  },
  Reshape({ graph, accumulate }, { inputs: [x] }, g) {
    accumulate(x!, graph.reshape(g, x!.shape));
  },
  Transpose({ graph, accumulate }, { inputs: [x], attributes }, g) {
    const perm = attributes.perm as readonly number[];
    accumulate(
      x!,
      graph.transpose(
        g,
        perm.map((_, axis) => perm.indexOf(axis)),
      ),
    );
  },
  Concat({ graph, accumulate, needs }, { inputs, attributes }, g) {
    const axis = attributes.axis as number;
    let start = 0;
    for (const input of inputs) {
      const end = start + sizeOf([input.shape[axis]!]);
      if (needs(input)) accumulate(input, graph.slice(g, axis, start, end));
      start = end;
    }
  },
  Slice({ graph, accumulate }, { inputs: [x], attributes }, g) {
    const { axis, start, end } = attributes as Record<string, number>;
    const zeros = (extent: number): Value[] => {
      if (extent === 0) return [];
      return [
        graph.expand(
          graph.scalar(0),
          x!.shape.map((dim, i) => (i === axis ? extent : sizeOf([dim]))),
        ),
      ];
    };
    const parts = [...zeros(start!), g, ...zeros(sizeOf([x!.shape[axis!]!]) - end!)];
    accumulate(x!, graph.concat(parts, axis!));
  },
  Gather({ accumulateRows }, { inputs: [table, ids] }, g) {
    accumulateRows(table!, { ids: ids!, values: g });
  },
  ReduceSum({ graph, accumulate }, operation, g) {
    accumulate(operation.inputs[0]!, spread(graph, operation, g));
  },
  ReduceMean({ graph, accumulate }, operation, g) {
    const x = operation.inputs[0]!;
    const count = sizeOf(x.shape) / sizeOf(operation.output.shape);
    accumulate(x, spread(graph, operation, graph.mul(g, graph.scalar(1 / count))));
  },
  /** dS = P·(dP − rowsum(dO·O)): the row sums come from the small output (Dao et al. 2022, appendix B). */
  Attention({ graph, accumulate, needs }, { inputs, output, saved: [weights] }, g) {
    const [queries, keys, values] = inputs as [Value, Value, Value];
    if (needs(values)) accumulate(values, graph.matmul(swapLast(graph, weights!), g));
    if (!needs(queries) && !needs(keys)) return;
    const total = graph.reduceSum(graph.mul(g, output), [-1], "keep");
    const ofWeights = graph.matmul(g, swapLast(graph, values));
    const ofScores = graph.mul(weights!, graph.sub(ofWeights, total));
    if (needs(queries)) accumulate(queries, graph.matmul(ofScores, keys));
    if (needs(keys)) accumulate(keys, graph.matmul(swapLast(graph, ofScores), queries));
  },
  RmsNorm({ graph, accumulate, needs }, { inputs: [x, weight], saved: [inverse] }, g) {
    const unit = graph.mul(x!, inverse!);
    if (needs(weight!)) accumulate(weight!, unbroadcast(graph, graph.mul(g, unit), weight!.shape));
    if (!needs(x!)) return;
    // y = w·u with u = x·r: dx = r·(w·g − u·mean(w·g·u)).
    const scaled = graph.mul(g, weight!);
    const mean = graph.reduceMean(graph.mul(scaled, unit), [-1], "keep");
    accumulate(x!, graph.mul(graph.sub(scaled, graph.mul(unit, mean)), inverse!));
  },
  LayerNorm({ graph, accumulate, needs }, { inputs: [x, weight, bias], saved: [mean, inverse] }, g) {
    if (needs(bias!)) accumulate(bias!, unbroadcast(graph, g, bias!.shape));
    if (!needs(weight!) && !needs(x!)) return;
    const unit = graph.mul(graph.sub(x!, mean!), inverse!);
    if (needs(weight!)) accumulate(weight!, unbroadcast(graph, graph.mul(g, unit), weight!.shape));
    if (!needs(x!)) return;
    // y = w·u + b with u = (x − m)·r: dx = r·(w·g − mean(w·g) − u·mean(w·g·u)).
    const scaled = graph.mul(g, weight!);
    const level = graph.reduceMean(scaled, [-1], "keep");
    const slope = graph.reduceMean(graph.mul(scaled, unit), [-1], "keep");
    const centred = graph.sub(graph.sub(scaled, level), graph.mul(unit, slope));
    accumulate(x!, graph.mul(centred, inverse!));
  },
  /** With t the tanh of u: y' = (1 + t)/2 + x/2·(1 − t²)·u', u' = s·(1 + 3c·x²). The tanh is computed again, not kept. */
  GeluTanh({ graph, accumulate }, { inputs: [x] }, g) {
    const t = graph.geluTurn(x!);
    const one = graph.scalar(1);
    const rise = graph.add(
      graph.mul(graph.mul(x!, x!), graph.scalar(3 * GELU_CUBIC * GELU_SCALE)),
      graph.scalar(GELU_SCALE),
    );
    const bent = graph.mul(graph.mul(x!, graph.sub(one, graph.mul(t, t))), rise);
    const slope = graph.mul(graph.add(graph.add(one, t), bent), graph.scalar(0.5));
    accumulate(x!, graph.mul(g, slope));
  },
  SwiGlu({ graph, accumulate, needs }, { inputs: [gate, up], saved: [sigmoid, silu] }, g) {
    if (needs(up!)) accumulate(up!, graph.mul(g, silu!));
    if (!needs(gate!)) return;
    // d silu/dg = σ + silu·(1 − σ) = σ + silu − silu·σ.
    const slope = graph.sub(graph.add(sigmoid!, silu!), graph.mul(silu!, sigmoid!));
    accumulate(gate!, graph.mul(graph.mul(g, up!), slope));
  },
  /**
   * d loss/d logits = w·(p − onehot). The one-hot part is a look-up and a row gradient, so the matrix `[n, v]` is
   * passed over only by the two products.
   */
  CrossEntropy({ graph, accumulate, accumulateRows, needs }, { inputs, saved: [probabilities] }, g) {
    const [hidden, table, targets, weights] = inputs as [Value, Value, Value, Value];
    const scale = graph.reshape(graph.mul(weights, g), [weights.shape[0]!, 1]);
    if (needs(hidden)) {
      const pulled = graph.sub(graph.gemm(probabilities!, table, "ab"), graph.gather(table, targets));
      accumulate(hidden, graph.mul(pulled, scale));
    }
    if (!needs(table)) return;
    const scaled = graph.mul(hidden, scale);
    accumulate(table, graph.gemm(probabilities!, scaled, "aTb"));
    accumulateRows(table, { ids: targets, values: graph.neg(scaled) });
  },
};

/** Sums a gradient over the axes along which its value was broadcast. */
function unbroadcast(graph: GraphBuilder, gradient: Value, shape: Shape): Value {
  if (sameShape(gradient.shape, shape)) return gradient;
  const extra = gradient.shape.length - shape.length;
  const axes = gradient.shape.flatMap((dim, i) => (i < extra || (shape[i - extra] === 1 && dim !== 1) ? [i] : []));
  return graph.reshape(graph.reduceSum(gradient, axes, "drop"), shape);
}

/** Gives every element that was summed the gradient of its sum. */
function spread(graph: GraphBuilder, { inputs, attributes }: Operation, gradient: Value): Value {
  const axes = attributes.axes as readonly number[];
  const shape = inputs[0]!.shape.map((dim) => sizeOf([dim]));
  const kept = shape.map((dim, i) => (axes.includes(i) ? 1 : dim));
  return graph.expand(graph.reshape(gradient, kept), shape);
}

function swapLast(graph: GraphBuilder, x: Value): Value {
  const rank = x.shape.length;
  const perm = Array.from({ length: rank }, (_, i) => (i < rank - 2 ? i : 2 * rank - 3 - i));
  return graph.transpose(x, perm);
}
