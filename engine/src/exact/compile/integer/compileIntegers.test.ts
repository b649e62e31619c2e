import { fileURLToPath } from "node:url";
import { loadKeccak } from "@openledger/sdk";
import { beforeAll, describe, expect, test } from "vitest";
import { type Architecture, llamaArchitecture } from "../../../model/architecture.js";
import { FloatModel } from "../../../model/FloatModel.js";
import { loadModel, type Model } from "../../../model/model-folder.js";
import { headNormName } from "../../../model/parameters.js";
import { initialAdapter, initialWeights } from "../../../train/initial-weights.js";
import { commitProgram } from "../../document/commitProgram.js";
import { type Program, TIERS } from "../../program/Program.js";
import { mostKeys } from "../../program/tiers.js";
import { proveBounds } from "../../prove/proveBounds.js";
import { escapesOf } from "../../prove/testing/observedBounds.js";
import { referenceRun } from "../../reference/referenceRun.js";
import { ReferenceRows } from "../../testing/ReferenceRows.js";
import { randomSource } from "../../testing/random.js";
import { compileModel } from "../compileModel.js";

const keccak = await loadKeccak();
const BASE = fileURLToPath(new URL("../../../../models/base", import.meta.url));
const QWEN3 = fileURLToPath(new URL("../../../../fixtures/qwen3", import.meta.url));

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

const TOKENS = [3, 31, 0, 7, 7, 1, 5, 2, 9, 4];

let small: Model;
let base: Model;
beforeAll(async () => {
  small = { architecture: SMALL, weights: initialWeights(SMALL, 1) };
  base = await loadModel(BASE);
});

function changed(model: Model, of: (name: string) => (weight: number, i: number) => number): Model {
  const weights = new Map([...model.weights].map(([name, data]) => [name, data.map(of(name))]));
  return { ...model, weights };
}

/** Logits, and those of the model in floats, both in 2^-12 nats. */
async function bothLogits(model: Model, program: Program): Promise<[exact: number[], float: number[]]> {
  const float = await FloatModel.open(model, { length: TOKENS.length });
  const logits = await float.logits(TOKENS);
  const exact = referenceRun(program, TOKENS).logits.flatMap((row) => [...row]);
  return [exact, [...logits].map((logit) => logit * 4096)];
}

function greatest(values: readonly number[]): number {
  return values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
}

/** The greatest difference, as a part of the greatest logit. */
async function errorOf(model: Model, program: Program): Promise<number> {
  const [exact, float] = await bothLogits(model, program);
  return greatest(exact.map((logit, i) => logit - float[i]!)) / greatest(float);
}

/** Fractional bits of the residual stream: those of what an embedding makes of its greatest number. */
function residualBits(program: Program, model: Model): number {
  const row = new ReferenceRows(program, [TOKENS[0]!]).row(0, 0);
  const { hidden } = model.architecture;
  const embedding = model.weights.get("model.embed_tokens.weight")!;
  const of = embedding.subarray(TOKENS[0]! * hidden, (TOKENS[0]! + 1) * hidden);
  return Math.round(Math.log2(greatest([...row]) / greatest([...of])));
}

describe("a model in integers", () => {
  test.each(TIERS)("is close to the model in floats, with the finest residual stream and scores: %s", async (tier) => {
    const program = compileModel(base, { tier, arithmetic: "integer", maxPositions: 64 });

    expect(residualBits(program, base)).toBe(14);
    expect([...program.tables.keys()].filter((name) => name.startsWith("exponent"))).toEqual(["exponent.10"]);
    const inFloats = compileModel(base, { tier, maxPositions: 64 });
    expect(await errorOf(base, program)).toBeLessThan(1.25 * (await errorOf(base, inFloats)));
  });

  test("loses nothing by rows of zeros, nor by one that is a thousand times the others", async () => {
    const { hidden, feedForward } = SMALL;
    const rowOf = (name: string, i: number) => Math.floor(i / (name.includes("down_proj") ? feedForward : hidden));
    const isChanged = (name: string) => /embed_tokens|down_proj|k_proj/.test(name);
    const withRow = (factor: number) =>
      changed(small, (name) => (weight, i) => (isChanged(name) && rowOf(name, i) === 2 ? weight * factor : weight));
    for (const factor of [0, 1000]) {
      const model = withRow(factor);
      const integers = await errorOf(model, compileModel(model, { tier: "w15a15", arithmetic: "integer" }));
      expect(integers).toBeLessThan(0.002);
    }
  });

  test("takes large channels, whose factors it multiplies by first", async () => {
    const { hidden } = SMALL;
    const large = changed(small, (name) => (weight, i) => {
      if (name === "model.embed_tokens.weight") return i % hidden === 5 ? weight * 100 : weight;
      return name.endsWith("norm.weight") && i === 5 ? weight / 100 : weight;
    });

    for (const tier of TIERS) {
      const program = compileModel(large, { tier, arithmetic: "integer" });
      expect(program.ops.some(({ kind }) => kind === "multiplyChannels")).toBe(true);
      expect(escapesOf(program, proveBounds(program), TOKENS)).toEqual([]);
      expect(await errorOf(large, program)).toBeLessThan(tier === "w15a15" ? 0.002 : 0.06);
    }
  });

  test("takes a coarser residual stream where a finer one might overflow, and none where all might", async () => {
    const writers = (factor: number) =>
      changed(small, (name) => (weight) => (/o_proj|down_proj/.test(name) ? weight * factor : weight));

    const bits = [1, 2 ** 18, 2 ** 24].map((factor) => {
      const model = writers(factor);
      const program = compileModel(model, { tier: "w8a16", arithmetic: "integer" });
      expect(escapesOf(program, proveBounds(program), TOKENS)).toEqual([]);
      return residualBits(program, model);
    });

    expect(bits).toEqual([16, 13, 7]);
    expect(() => compileModel(writers(2 ** 30), { tier: "w8a16", arithmetic: "integer" })).toThrow(
      expect.objectContaining({
        code: "bound_unprovable",
        unproven: expect.objectContaining({ bound: "a number is below 2^31" }),
      }),
    );
  });

  test("takes scores on a coarser grid where they may be large", async () => {
    const model = await loadModel(QWEN3);
    const heavy = changed(model, (name) => (weight) => (name === headNormName(0, "k") ? weight * 2 ** 18 : weight));

    const program = compileModel(heavy, { tier: "w8a16", arithmetic: "integer", maxPositions: 32 });

    const tables = program.ops.flatMap((op) => (op.kind === "exponent" ? [op.table] : []));
    expect(tables[0]).not.toBe("exponent.10");
    expect(tables[1]).toBe("exponent.10");
    expect(escapesOf(program, proveBounds(program), TOKENS)).toEqual([]);
  });

  test("sees as many keys as sums and products of 31 bits hold", () => {
    const long = { ...small, architecture: { ...SMALL, maxPositions: 200_000, layers: 1, windows: [null] } };
    const program = compileModel(long, { tier: "w8a8", arithmetic: "integer" });

    expect(program.shape.maxPositions).toBe(mostKeys("w8a8", "integer"));
    expect(program.shape.maxPositions).toBe(65_535);
  });

  test("shares its matrices with its adapters' programs", () => {
    const { factors, ...rest } = initialAdapter(SMALL, { rank: 4, alpha: 64, projections: ["q", "k", "v", "down"] }, 3);
    const random = randomSource(5);
    const adapter = { ...rest, factors: new Map([...factors].map(([key, f]) => [key, f.map(() => random() - 0.5)])) };
    const alone = compileModel(small, { tier: "w8a16", arithmetic: "integer" });

    const options = { tier: "w8a16", arithmetic: "integer", adapter } as const;
    const adapted = compileModel(small, { ...options, base: alone });

    for (const [name, table] of alone.tables) {
      if (table.kind === "matrix") expect(adapted.tables.get(name), name).toBe(table);
    }
    expect(commitProgram(keccak, adapted).id).toBe(commitProgram(keccak, compileModel(small, options)).id);
  });
});
