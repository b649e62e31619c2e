import { onnx } from "onnx-proto";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { describe, expect, test } from "vitest";
import { GraphError } from "./errors.js";
import { GraphBuilder, type Value } from "./graph.js";

function smallGraph(): GraphBuilder {
  const graph = new GraphBuilder("small");
  const x = graph.input("x", "float", ["N", 2]);
  const w = graph.constant("w", Float32Array.of(1, 2, 3, -4), [2, 2]);
  graph.output("y", graph.softmax(graph.matmul(x, w)));
  return graph;
}

describe("the file", () => {
  test("is read by another implementation of protobuf as it was meant", () => {
    const model = onnx.ModelProto.decode(smallGraph().build());

    expect(Number(model.irVersion)).toBe(10);
    expect(model.opsetImport.map((set) => [set.domain, Number(set.version)])).toEqual([
      ["", 21],
      ["com.microsoft", 1],
    ]);
    expect(model.graph?.node?.map((node) => node.opType)).toEqual(["MatMul", "Softmax"]);
    const axis = model.graph?.node?.[1]?.attribute?.[0];
    expect([axis?.name, axis?.type, Number(axis?.i)]).toEqual(["axis", onnx.AttributeProto.AttributeType.INT, -1]);
    const weight = model.graph?.initializer?.[0];
    expect([weight?.name, weight?.dataType, weight?.dims?.map(Number)]).toEqual(["w", 1, [2, 2]]);
    expect([...new Float32Array(Uint8Array.from(weight?.rawData ?? []).buffer)]).toEqual([1, 2, 3, -4]);
    const dims = model.graph?.input?.[0]?.type?.tensorType?.shape?.dim;
    expect(dims?.map((dim) => dim.dimParam || Number(dim.dimValue))).toEqual(["N", 2]);
    expect(model.graph?.output?.map((output) => output.name)).toEqual(["y"]);
  });

  test("runs", async () => {
    const session = await InferenceSession.create(smallGraph().build());

    const { y } = await session.run({ x: new Tensor("float32", Float32Array.of(0, 0, 0, 1), [2, 2]) });

    const [a, b, c, d] = y!.data as Float32Array;
    expect([a, b]).toEqual([0.5, 0.5]);
    expect(c! / d!).toBeCloseTo(Math.exp(7), 1);
  });

  test("gives a value under two names, and an input as an output", async () => {
    const graph = new GraphBuilder("twice");
    const x = graph.input("x", "float", [1]);
    const y = graph.add(x, x);
    graph.output("first", y);
    graph.output("second", y);
    graph.output("same", x);
    const session = await InferenceSession.create(graph.build());

    const out = await session.run({ x: new Tensor("float32", Float32Array.of(3), [1]) });

    expect([out.first!.data[0], out.second!.data[0], out.same!.data[0]]).toEqual([6, 6, 3]);
  });
});

describe.each(["float32", "float64"] as const)("in %s", (float) => {
  const precise = float === "float64" ? 12 : 5;

  async function apply(build: (graph: GraphBuilder, x: Value) => Value, x: readonly number[]): Promise<number[]> {
    const graph = new GraphBuilder("apply", { float });
    graph.output("y", build(graph, graph.input("x", "float", [1, x.length])));
    const session = await InferenceSession.create(graph.build());
    const data = float === "float64" ? Float64Array.from(x) : Float32Array.from(x);
    const { y } = await session.run({ x: new Tensor(float, data, [1, x.length]) });
    return [...(y!.data as Float64Array)];
  }

  test("GELU is its tanh form", async () => {
    const found = await apply((graph, x) => graph.geluTanh(x), [-3, -0.5, 0, 1, 2.5]);

    for (const [i, x] of [-3, -0.5, 0, 1, 2.5].entries()) {
      const wanted = 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3)));
      expect(found[i]).toBeCloseTo(wanted, precise);
    }
  });

  test("LayerNorm takes the mean away and divides by the root of variance and epsilon", async () => {
    const weight = Float64Array.of(1, 2, 3, 4);
    const bias = Float64Array.of(0, 0, 0, -1);
    const norm = (graph: GraphBuilder, x: Value) =>
      graph.layerNorm(x, graph.constant("w", weight, [4]), graph.constant("b", bias, [4]), 0.25);

    const found = await apply(norm, [1, 3, 5, 7]);

    // Mean 4, variance 5.
    const root = Math.sqrt(5.25);
    for (const [i, wanted] of [-3 / root, -2 / root, 3 / root, 12 / root - 1].entries()) {
      expect(found[i]).toBeCloseTo(wanted, precise);
    }
  });
});

describe("shapes that do not fit", () => {
  const graph = new GraphBuilder("errors");
  const a = graph.input("a", "float", [2, 3]);
  const b = graph.input("b", "float", [4, "N"]);
  const ids = graph.input("ids", "int64", [2]);

  test.each<[string, () => unknown, RegExp]>([
    ["matmul", () => graph.matmul(a, b), /\[2, 3\] and \[4, N\]/],
    ["add", () => graph.add(a, b), /\[2, 3\] and \[4, N\]/],
    ["gemm", () => graph.gemm(a, a, "ab"), /\[2, 3\] and \[2, 3\]/],
    ["linear", () => graph.linear(a, b), /\[2, 3\] and \[4, N\]/],
    ["reshape", () => graph.reshape(a, [5]), /\[2, 3\] and \[5\]/],
    ["concat", () => graph.concat([a, b], 0), /\[2, 3\] and \[4, N\]/],
    ["slice", () => graph.slice(a, 1, 2, 4), /\[2, 3\], found 2 to 4/],
    ["transpose", () => graph.transpose(a, [0, 0]), /\[2, 3\], found \[0, 0\]/],
    ["rmsNorm", () => graph.rmsNorm(a, b, 1e-6), /\[2, 3\] and \[4, N\]/],
    ["layerNorm", () => graph.layerNorm(a, b, b, 1e-6), /\[2, 3\], \[4, N\], \[4, N\]/],
    ["constant", () => graph.constant("c", Float32Array.of(1), [2]), /2 elements for \[2\], found 1/],
    ["types", () => graph.add(ids, a), /found int64 and float32/],
    ["indices", () => graph.gather(a, a), /int64 indices, found float32/],
    ["names", () => graph.input("a", "float", []), /unique names, found a twice/],
  ])("%s says what was found", (_name, build, message) => {
    expect(build).toThrow(GraphError);
    expect(build).toThrow(message);
  });
});
