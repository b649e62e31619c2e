import { llamaArchitecture, parameterShapes } from "@openledger/engine";
import { expect, test } from "vitest";
import { randomModel } from "./randomModel.js";
import { SHAPE_135M } from "./shape135m.js";

const SMALL = llamaArchitecture({
  vocabulary: 300,
  hidden: 64,
  layers: 2,
  heads: 4,
  kvHeads: 2,
  headDim: 16,
  feedForward: 96,
  maxPositions: 64,
  theta: 10_000,
  normEpsilon: 1e-5,
  head: "tied",
  endToken: 0,
});

const UP = "model.layers.1.mlp.up_proj.weight";

test("the same seed gives the same weights, another seed or tensor others", () => {
  const model = randomModel(SMALL, 7);

  expect(randomModel(SMALL, 7).weights).toEqual(model.weights);
  expect(randomModel(SMALL, 8).weights.get(UP)).not.toEqual(model.weights.get(UP));
  expect(model.weights.get("model.layers.0.mlp.up_proj.weight")).not.toEqual(model.weights.get(UP));
  // Pinned: ratios of different days are of the same model.
  expect([...model.weights.get(UP)!.subarray(0, 3)].map((w) => w.toFixed(6))).toEqual([
    "0.008857",
    "0.011671",
    "0.005921",
  ]);
});

test("a tensor does not depend on those before it", () => {
  const deeper = { ...SMALL, layers: 3, windows: [null, null, null] };

  expect(randomModel(deeper, 7).weights.get(UP)).toEqual(randomModel(SMALL, 7).weights.get(UP));
});

test("weights are of the size of trained ones", () => {
  const { weights } = randomModel(SMALL, 7);
  const spread = (name: string): { mean: number; deviation: number } => {
    const data = weights.get(name)!;
    const mean = data.reduce((sum, x) => sum + x, 0) / data.length;
    return { mean, deviation: Math.sqrt(data.reduce((sum, x) => sum + (x - mean) ** 2, 0) / data.length) };
  };

  expect(spread(UP).mean).toBeCloseTo(0, 2);
  expect(spread(UP).deviation).toBeCloseTo(0.04, 2);
  expect(spread("model.layers.1.mlp.down_proj.weight").deviation).toBeCloseTo(0.02, 2);
  expect(spread("model.norm.weight").mean).toBeCloseTo(1, 1);
});

test("the large shape has 135 million weights", () => {
  const sizes = [...parameterShapes(SHAPE_135M).values()].map((shape) => shape.reduce((a, b) => a * b, 1));

  expect(sizes.reduce((a, b) => a + b, 0)).toBe(134_515_008);
});
