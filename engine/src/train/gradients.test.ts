/**
 * Every derivative against central differences in float64: an error of order h² and of rounding /h, so that 1e-7
 * relative is expected and a wrong rule is off by orders of magnitude.
 */
import { InferenceSession, Tensor } from "onnxruntime-node";
import { describe, expect, test } from "vitest";
import { ownFactors } from "../model/adapter.js";
import { type Architecture, llamaArchitecture } from "../model/architecture.js";
import { GraphBuilder, type Value } from "../onnx/graph.js";
import { addRows, gradients } from "./gradients.js";
import { initialAdapter, initialWeights } from "./initial-weights.js";
import { buildLossGraph, type LossGraphOptions } from "./loss-graph.js";
import { Random } from "./random.js";

const STEP = 1e-5;
const TOLERANCE = 1e-6;
const ONE_THREAD = { intraOpNumThreads: 1, interOpNumThreads: 1 };

function normals(random: Random, size: number, shift = 0): Float64Array {
  return Float64Array.from({ length: size }, () => shift + 0.7 * random.normal());
}

/** Compares the gradient of Σ c·f(parameters) for random c with differences of that sum. */
async function checkOperation(
  shapes: readonly (readonly number[])[],
  apply: (graph: GraphBuilder, values: Value[]) => Value,
  options: { readonly shift?: number } = {},
): Promise<void> {
  const random = new Random(7);
  const graph = new GraphBuilder("check", { float: "float64" });
  const inputs = shapes.map((shape, i) => graph.input(`x${i}`, "float", shape));
  const out = apply(graph, inputs);
  const size = out.shape.reduce<number>((a, b) => a * (b as number), 1);
  const weights = graph.constant("c", normals(random, size), out.shape as readonly number[]);
  const axes = out.shape.map((_, i) => i);
  const product = graph.mul(out, weights);
  const loss = axes.length === 0 ? product : graph.reduceSum(product, axes, "drop");
  graph.output("loss", loss);
  const found = gradients(graph, loss, inputs);
  for (const [i, { dense }] of found.entries()) graph.output(`g${i}`, dense!);
  const session = await InferenceSession.create(graph.build(), ONE_THREAD);
  const data = shapes.map((shape) =>
    normals(
      random,
      shape.reduce((a, b) => a * b, 1),
      options.shift,
    ),
  );
  const feeds = Object.fromEntries(data.map((x, i) => [`x${i}`, new Tensor("float64", x, shapes[i]!)]));

  const analytic = await session.run(feeds);
  for (const [i, x] of data.entries()) {
    const gradient = analytic[`g${i}`]!.data as Float64Array;
    await compare(x, gradient, async () => ((await session.run(feeds, ["loss"])).loss!.data as Float64Array)[0]!);
  }
  await session.release();
}

async function compare(
  x: Float64Array,
  gradient: Float64Array,
  loss: () => Promise<number>,
  places = x.keys(),
): Promise<void> {
  const largest = gradient.reduce((most, g) => Math.max(most, Math.abs(g)), 1e-3);
  for (const at of places) {
    const kept = x[at]!;
    x[at] = kept + STEP;
    const above = await loss();
    x[at] = kept - STEP;
    const below = await loss();
    x[at] = kept;
    const difference = Math.abs((above - below) / (2 * STEP) - gradient[at]!);
    expect(difference / largest, `element ${at}`).toBeLessThan(TOLERANCE);
  }
}

describe("each operation", () => {
  const matrix = [3, 4];
  const cases: [string, readonly (readonly number[])[], (g: GraphBuilder, v: Value[]) => Value, number?][] = [
    ["add with broadcast", [matrix, [4]], (g, [a, b]) => g.add(a!, b!)],
    ["sub with broadcast", [matrix, [3, 1]], (g, [a, b]) => g.sub(a!, b!)],
    ["mul with broadcast on the left", [[4], matrix], (g, [a, b]) => g.mul(a!, b!)],
    ["mul of a value by itself", [matrix], (g, [a]) => g.mul(a!, a!)],
    ["div", [matrix, [4]], (g, [a, b]) => g.div(a!, b!), 3],
    ["neg", [matrix], (g, [a]) => g.neg(a!)],
    ["sqrt", [matrix], (g, [a]) => g.sqrt(a!), 4],
    ["exp", [matrix], (g, [a]) => g.exp(a!)],
    ["log", [matrix], (g, [a]) => g.log(a!), 4],
    ["sigmoid", [matrix], (g, [a]) => g.sigmoid(a!)],
    ["tanh", [matrix], (g, [a]) => g.tanh(a!)],
    ["softmax", [matrix], (g, [a]) => g.softmax(a!)],
    [
      "matmul in a batch",
      [
        [2, 3, 4],
        [2, 4, 5],
      ],
      (g, [a, b]) => g.matmul(a!, b!),
    ],
    [
      "matmul by one matrix",
      [
        [2, 3, 4],
        [4, 5],
      ],
      (g, [a, b]) => g.matmul(a!, b!),
    ],
    [
      "gemm ab",
      [
        [3, 4],
        [4, 5],
      ],
      (g, [a, b]) => g.gemm(a!, b!, "ab"),
    ],
    [
      "gemm abT",
      [
        [3, 4],
        [5, 4],
      ],
      (g, [a, b]) => g.gemm(a!, b!, "abT"),
    ],
    [
      "gemm aTb",
      [
        [4, 3],
        [4, 5],
      ],
      (g, [a, b]) => g.gemm(a!, b!, "aTb"),
    ],
    [
      "linear",
      [
        [2, 3, 4],
        [5, 4],
      ],
      (g, [a, b]) => g.linear(a!, b!),
    ],
    ["reshape", [matrix], (g, [a]) => g.reshape(a!, [2, 6])],
    ["transpose", [[2, 3, 4]], (g, [a]) => g.transpose(a!, [2, 0, 1])],
    ["concat", [matrix, [3, 2]], (g, [a, b]) => g.concat([a!, b!, a!], 1)],
    ["slice", [matrix], (g, [a]) => g.slice(a!, 1, 1, 3)],
    ["sum over one of two equal axes", [[3, 3]], (g, [a]) => g.reduceSum(a!, [0], "drop")],
    ["mean, kept", [[2, 3, 4]], (g, [a]) => g.reduceMean(a!, [1], "keep")],
    ["RMSNorm", [matrix, [4]], (g, [x, w]) => g.rmsNorm(x!, w!, 1e-2)],
    ["RMSNorm of each head", [[2, 3, 2, 4], [4]], (g, [x, w]) => g.rmsNorm(x!, w!, 1e-2)],
    ["LayerNorm", [matrix, [4], [4]], (g, [x, w, b]) => g.layerNorm(x!, w!, b!, 1e-2)],
    ["GELU, tanh form", [matrix], (g, [a]) => g.geluTanh(a!)],
    ["a bias beside a linear map", [[2, 3, 4], [5, 4], [5]], (g, [x, w, b]) => g.add(g.linear(x!, w!), b!)],
    [
      "the first rows of a table, added",
      [
        [2, 3, 4],
        [6, 4],
      ],
      (g, [x, t]) => g.add(x!, g.slice(t!, 0, 0, 3)),
    ],
    ["SwiGLU", [matrix, matrix], (g, [a, b]) => g.swiGlu(a!, b!)],
    [
      "attention",
      [
        [1, 2, 3, 4],
        [1, 2, 3, 4],
        [1, 2, 3, 4],
      ],
      (g, [q, k, v]) => g.attention(q!, k!, v!, g.constant("mask", Float64Array.of(0, -1e9, 0), [1, 1, 1, 3])),
    ],
  ];

  test.each(cases)("%s", async (_name, shapes, apply, shift) => {
    await checkOperation(shapes, apply, shift === undefined ? {} : { shift });
  });
});

const SIZES = { vocabulary: 11, hidden: 8, layers: 2, heads: 4, maxPositions: 8, normEpsilon: 1e-5, endToken: 0 };

const LLAMA = llamaArchitecture({
  ...SIZES,
  kvHeads: 2,
  headDim: 4,
  feedForward: 12,
  theta: 100,
  head: "tied",
});

const GPT2: Architecture = {
  ...SIZES,
  family: "gpt2",
  kvHeads: 4,
  headDim: 2,
  feedForward: 12,
  norm: "layer",
  positions: { kind: "learned" },
  mlp: "plain",
  activation: "gelu_tanh",
  biases: { qkv: true, o: true, mlp: true },
  qkNorm: false,
  windows: [null, null],
  head: "tied",
};

/** Norms of heads, biases of attention, a window that hides positions, scaled angles, a gate by GELU. */
const QWEN3: Architecture = {
  ...LLAMA,
  family: "qwen3",
  positions: { kind: "rotary", theta: 100, scaling: { kind: "linear", factor: 2 } },
  activation: "gelu_tanh",
  biases: { qkv: true, o: true, mlp: false },
  qkNorm: true,
  windows: [2, null],
  head: "separate",
};

describe("a whole decoder", () => {
  const shape = { batch: 2, length: 5 };

  async function check(
    architecture: Architecture,
    trains: LossGraphOptions["trains"],
    start: ReadonlyMap<string, Float32Array>,
  ): Promise<void> {
    const random = new Random(3);
    const outputs = "loss and gradients";
    const graph = buildLossGraph({ architecture, ...shape, trains, outputs, float: "float64" });
    const session = await InferenceSession.create(graph.file, ONE_THREAD);
    const size = shape.batch * shape.length;
    // The last token appears twice and the target of one place counts nothing.
    const ids = (): BigInt64Array => BigInt64Array.from({ length: size }, () => BigInt(random.below(11)));
    const [tokens, targets] = [ids(), ids()];
    const weights = Float64Array.from({ length: size }, (_, i) => (i === 3 ? 0 : (i + 1) / 30));
    // Away from the small initial values, where attention is nearly uniform and its derivatives nearly vanish.
    const data = new Map([...start].map(([name, x]) => [name, Float64Array.from(x, (v) => v + 0.3 * random.normal())]));
    const feeds = {
      ...Object.fromEntries(
        [...data].map(([name, x]) => [name, new Tensor("float64", x, graph.parameters.get(name)!)]),
      ),
      tokens: new Tensor("int64", tokens, [shape.batch, shape.length]),
      targets: new Tensor("int64", targets, [size]),
      weights: new Tensor("float64", weights, [size]),
    };

    const analytic = await session.run(feeds);
    for (const { parameter, dense, rows } of graph.gradients) {
      const x = data.get(parameter)!;
      const gradient = dense === undefined ? new Float64Array(x.length) : (analytic[dense]!.data as Float64Array);
      for (const { output, ids } of rows) {
        addRows(gradient, ids === "tokens" ? tokens : targets, analytic[output]!.data as Float64Array);
      }
      const places = Array.from({ length: 6 }, () => random.below(x.length));
      const loss = async () => ((await session.run(feeds, ["loss"])).loss!.data as Float64Array)[0]!;
      await compare(x, gradient, loss, places.values());
    }
    await session.release();
  }

  const decoders = [
    ["Llama", LLAMA],
    ["GPT-2", GPT2],
    ["Qwen3 with windows and biases", QWEN3],
  ] as const;

  test.each(decoders)("of %s, trained in full", async (_name, architecture) => {
    await check(architecture, { kind: "weights" }, initialWeights(architecture, 1));
  });

  test("with its own output projection reads the table's rows once", () => {
    const options = { ...shape, trains: { kind: "weights" }, outputs: "loss and gradients" } as const;
    const graph = buildLossGraph({ ...options, architecture: { ...LLAMA, head: "separate" } });
    expect(graph.gradients.find((entry) => entry.parameter === "lm_head.weight")?.rows).toHaveLength(1);
  });

  test.each([
    ["Llama", LLAMA, ["q", "v", "down"]],
    ["GPT-2, whose q, k and v share an A", GPT2, ["q", "k", "v", "o", "up"]],
    ["Qwen3 with windows and biases", QWEN3, ["q", "k", "gate"]],
  ] as const)("of %s, trained through an adapter on some projections", async (_name, architecture, projections) => {
    const adapter = initialAdapter(architecture, { rank: 2, alpha: 3, projections }, 5);
    const base = initialWeights(architecture, 1);
    await check(architecture, { ...adapter, kind: "adapter", base }, ownFactors(adapter, architecture));
  });
});
