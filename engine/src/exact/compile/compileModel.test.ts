import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { type Architecture, llamaArchitecture } from "../../model/architecture.js";
import { loadModel, type Model } from "../../model/model-folder.js";
import { headNormName, parameterShapes, projectionBiasName } from "../../model/parameters.js";
import { LLAMA } from "../../serve/testModel.js";
import { initialAdapter, initialWeights } from "../../train/initial-weights.js";
import type { Op } from "../program/Op.js";
import { ARITHMETICS, type Program, TIERS } from "../program/Program.js";
import { mostKeys } from "../program/tiers.js";
import { proveBounds } from "../prove/proveBounds.js";
import { escapesOf } from "../prove/testing/observedBounds.js";
import { referenceRun } from "../reference/referenceRun.js";
import { randomSource } from "../testing/random.js";
import { compileModel } from "./compileModel.js";

const BASE = fileURLToPath(new URL("../../../models/base", import.meta.url));

/** One layer of the shape of a 135 M Llama. */
const LAYER_135M = llamaArchitecture({
  vocabulary: 64,
  hidden: 576,
  layers: 1,
  heads: 9,
  kvHeads: 3,
  headDim: 64,
  feedForward: 1536,
  maxPositions: 2048,
  theta: 10_000,
  normEpsilon: 1e-5,
  head: "tied",
  endToken: 0,
});

const SMALL: Architecture = llamaArchitecture({
  vocabulary: 32,
  hidden: 24,
  layers: 2,
  heads: 4,
  kvHeads: 2,
  headDim: 8,
  feedForward: 40,
  maxPositions: 64,
  theta: 10_000,
  normEpsilon: 1e-6,
  head: "tied",
  endToken: 0,
});
const QWEN2: Architecture = { ...SMALL, family: "qwen2", biases: { qkv: true, o: false, mlp: false } };
const QWEN3: Architecture = { ...SMALL, family: "qwen3", qkNorm: true };
const MISTRAL: Architecture = { ...SMALL, family: "mistral", windows: [5, 5] };
const GPT2: Architecture = {
  ...SMALL,
  family: "gpt2",
  norm: "layer",
  positions: { kind: "learned" },
  mlp: "plain",
  activation: "gelu_tanh",
  biases: { qkv: true, o: true, mlp: true },
  kvHeads: 4,
};

/** Random weights of a deviation, norms around 1, biases of a size. */
function randomModel(architecture: Architecture, deviation: number, bias = 0.1): Model {
  const random = randomSource(7);
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const weights = new Map<string, Float32Array>();
  for (const [name, shape] of parameterShapes(architecture)) {
    const size = shape.reduce((a, b) => a * b, 1);
    const around = name.includes("norm") && name.endsWith("weight") ? 1 : 0;
    const spread = name.endsWith("bias") ? bias : around === 1 ? 0.2 : deviation;
    weights.set(
      name,
      Float32Array.from({ length: size }, () => around + spread * normal()),
    );
  }
  return { architecture, weights };
}

function changed(model: Model, name: string, of: (weight: number, i: number) => number): Model {
  const weights = new Map(model.weights);
  weights.set(name, weights.get(name)!.map(of));
  return { ...model, weights };
}

function grids(program: Program): number[] {
  return program.ops.flatMap((op) => (op.kind === "scores" ? [op.gridBits] : []));
}

function limits(program: Program): Op[] {
  return program.ops.filter((op) => op.kind === "rowScale" && op.limit !== undefined);
}

let ordinary: Model[] | undefined;

/** The shipped base, random weights as training starts from, and layers of random weights as large as training leaves them. */
async function ordinaryModels(): Promise<readonly Model[]> {
  ordinary ??= [
    await loadModel(BASE),
    await loadModel(LLAMA),
    { architecture: SMALL, weights: initialWeights(SMALL, 1) },
    ...[0.04, 0.1].map((deviation) => randomModel(LAYER_135M, deviation)),
    ...[QWEN2, QWEN3, MISTRAL, GPT2].map((architecture) => randomModel(architecture, 0.1)),
  ];
  return ordinary;
}

const TOKENS = [3, 31, 0, 7, 7, 1, 5, 2, 9, 4];

describe("compileModel", () => {
  test.each(TIERS)("needs no limit for ordinary models, on the tier's finest grid: %s", async (tier) => {
    const finest = tier === "w15a15" ? 10 : 6;
    for (const model of await ordinaryModels()) {
      const program = compileModel(model, { tier });

      expect(limits(program)).toEqual([]);
      expect(new Set(grids(program))).toEqual(new Set([finest]));
    }
  });

  test.each([
    ["Llama", SMALL],
    ["Qwen2", QWEN2],
    ["Qwen3", QWEN3],
    ["Mistral", MISTRAL],
    ["GPT-2", GPT2],
  ])("makes programs that keep to their bounds, with an adapter too: %s", (_, architecture) => {
    // GPT-2's q, k and v are one matrix, adapted together.
    const projections = architecture === GPT2 ? (["q", "k", "v", "down"] as const) : (["q", "v", "down"] as const);
    const options = { rank: 4, alpha: 8, projections };
    const { factors, ...rest } = initialAdapter(architecture, options, 3);
    const random = randomSource(5);
    const adapter = { ...rest, factors: new Map([...factors].map(([key, f]) => [key, f.map(() => random() - 0.5)])) };
    for (const [tier, arithmetic] of TIERS.flatMap((tier) => ARITHMETICS.map((one) => [tier, one] as const))) {
      const program = compileModel(randomModel(architecture, 0.3), { tier, arithmetic, adapter });

      expect(escapesOf(program, proveBounds(program), TOKENS)).toEqual([]);
    }
  });

  test("takes large biases of queries and keys as they are, on a coarser grid where they need one", () => {
    const large = ["q", "k"].reduce(
      (model, projection) =>
        changed(model, projectionBiasName(1, projection as "q" | "k"), (bias, i) => (i % 8 === 2 ? 150 : bias)),
      randomModel(QWEN2, 0.1),
    );

    const fast = compileModel(large, { tier: "w8a8" });
    const close = compileModel(large, { tier: "w15a15" });

    expect(limits(fast)).toEqual([]);
    expect(limits(close)).toEqual([]);
    expect(grids(close)).toEqual([10, 8]);
    expect(close.ops.flatMap((op) => (op.kind === "exponent" ? [op.table] : []))).toEqual(["exponent", "exponent.8"]);
    expect(escapesOf(close, proveBounds(close), TOKENS)).toEqual([]);
  });

  test("bounds normed heads by the norms' weights", () => {
    const heavy = changed(randomModel(QWEN3, 0.1), headNormName(0, "k"), (weight, i) => (i === 3 ? 60 : weight));

    const program = compileModel(heavy, { tier: "w15a15" });

    expect([limits(program).length, ...grids(program)]).toEqual([0, 10, 10]);
    const report = proveBounds(program);
    const { shown } = report.ops.find(({ kind }) => kind === "scores")!;
    const { found } = shown.find(({ bound }) => bound === "a score stays on its grid")!;
    const queries = Math.max(...heavy.weights.get(headNormName(0, "q"))!);
    // √D · max|w| of each, over √D.
    expect(found / (Math.sqrt(8) * queries * 60)).toBeGreaterThan(1);
    expect(found / (Math.sqrt(8) * queries * 60)).toBeLessThan(1.1);
  });

  test.each(TIERS)("limits the heads of a layer whose scores nothing else holds: %s", (tier) => {
    // The second query head, and the key head that it shares with the first.
    const head = (projection: string, i: number) => Math.floor(i / (8 * 24)) === (projection === "q" ? 1 : 0);
    const model = ["q", "k"].reduce(
      (made, p) => changed(made, `model.layers.0.self_attn.${p}_proj.weight`, (w, i) => (head(p, i) ? w * 4000 : w)),
      randomModel(SMALL, 0.3),
    );

    const program = compileModel(model, { tier });

    const scales = program.ops.filter((op) => op.kind === "rowScale" && op.limit !== undefined);
    expect(scales).toHaveLength(1);
    const table = program.tables.get("layer.0.limits");
    const found = table?.kind === "floats" ? [...table.data] : [];
    // The others and the values keep what they have.
    expect(found.map((limit) => limit < 2 ** 60)).toEqual([false, true, false, false, true, false, false, false]);
    const report = proveBounds(program);
    const scores = report.ops.find(({ kind }) => kind === "scores")!;
    const { margin } = scores.shown.find(({ bound }) => bound === "a score stays on its grid")!;
    expect(margin).toBeLessThan(1.01);
    expect(grids(program)[0]).toBe(6);
    expect(escapesOf(program, report, TOKENS)).toEqual([]);
  });

  test("proves as many positions as the keys that are seen allow, unless told how many", () => {
    const long = { ...SMALL, maxPositions: 40_960 };
    const windowed = { ...MISTRAL, maxPositions: 40_960 };

    for (const tier of TIERS) {
      const program = compileModel(randomModel(long, 0.1), { tier });
      expect(program.shape.maxPositions).toBe(Math.min(40_960, mostKeys(tier)));
      expect(compileModel(randomModel(windowed, 0.1), { tier }).shape.maxPositions).toBe(40_960);
    }
    const one = randomModel({ ...long, layers: 1, windows: [null] }, 0.1);
    expect(() => compileModel(one, { tier: "w8a8", maxPositions: 17_605 })).toThrow(
      expect.objectContaining({
        code: "bound_unprovable",
        unproven: expect.objectContaining({ kind: "sum", found: 17_605 * 953 }),
      }),
    );
    const most = { ...SMALL, maxPositions: 200_000 };
    expect(compileModel(randomModel(most, 0.1), { tier: "w15a15" }).shape.maxPositions).toBe(mostKeys("w15a15"));
  });

  test("refuses norms without an epsilon, and steps that read too much", () => {
    const bare = { ...SMALL, normEpsilon: 0 };
    for (const arithmetic of ARITHMETICS) {
      expect(() => compileModel(randomModel(bare, 0.1), { tier: "w8a8", arithmetic })).toThrow(
        expect.objectContaining({
          code: "bound_unprovable",
          unproven: expect.objectContaining({ kind: "normScale", found: 0 }),
        }),
      );
    }
    const wide = {
      ...SMALL,
      layers: 1,
      windows: [null],
      heads: 1,
      kvHeads: 1,
      headDim: 5120,
      hidden: 2,
      vocabulary: 2,
    };
    expect(() => compileModel(randomModel(wide, 0.1), { tier: "w8a8" })).toThrow(
      expect.objectContaining({ code: "step_too_large" }),
    );
  });

  test("keeps the sign of an adapter that takes away", () => {
    const adapter = initialAdapter(SMALL, { rank: 2, alpha: 4, projections: ["o"] }, 3);
    const random = randomSource(5);
    const factors = new Map([...adapter.factors].map(([key, f]) => [key, f.map(() => random() - 0.5)]));
    const flipped = new Map([...factors].map(([key, f]) => [key, key.endsWith(".b") ? f.map((b) => -b) : f]));
    const model = randomModel(SMALL, 0.3);

    const minus = compileModel(model, { tier: "w8a16", adapter: { ...adapter, alpha: -4, factors } });
    const plus = compileModel(model, { tier: "w8a16", adapter: { ...adapter, factors: flipped } });

    expect(referenceRun(minus, TOKENS).logits).toEqual(referenceRun(plus, TOKENS).logits);
  });
});
