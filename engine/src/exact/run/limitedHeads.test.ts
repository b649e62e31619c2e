/** Heads whose codes saturate, since their scores would leave the grid: on graphs and on kernels as the reference has them. */
import { expect, test } from "vitest";
import { loadModel } from "../../model/model-folder.js";
import { LLAMA } from "../../serve/testModel.js";
import { compileModel } from "../compile/compileModel.js";
import { PRODUCT_FORMS } from "../lower/codes/CodeForm.js";
import { TIERS } from "../program/Program.js";
import { referenceRun } from "../reference/referenceRun.js";
import { integerLogits } from "../sampling/integerLogits.js";
import { StepEngine } from "../step/StepEngine.js";
import { StepModel } from "../step/StepModel.js";
import { ExactModel } from "./ExactModel.js";

test.each(TIERS)("%s", async (tier) => {
  const model = await loadModel(LLAMA);
  const weights = new Map(model.weights);
  for (const projection of ["q", "k"]) {
    const name = `model.layers.0.self_attn.${projection}_proj.weight`;
    weights.set(
      name,
      weights.get(name)!.map((weight) => weight * 2000),
    );
  }
  const program = compileModel({ ...model, weights }, { tier, maxPositions: 32 });
  expect(program.ops.some((op) => op.kind === "rowScale" && op.limit !== undefined)).toBe(true);
  const { vocabulary, heads, kvHeads, headDim } = program.shape;
  const tokens = Array.from({ length: 20 }, (_, i) => (i * 37 + 11) % vocabulary);
  // Scores of saturated heads leave one key each: codes are compared, as logits do not tell them apart.
  const keys: number[] = [];
  const scores = program.ops.find((op) => op.kind === "scores");
  const first = scores?.kind === "scores" ? scores.qkv[0] : undefined;
  const { logits: expected } = referenceRun(program, tokens, {
    onRow: (op, _, row) => {
      if (op === first) keys.push(...row.subarray(heads * headDim, (heads + kvHeads) * headDim));
    },
  });
  expect(keys.filter((code) => code === -127).length).toBeGreaterThan(tokens.length * kvHeads);

  for (const products of PRODUCT_FORMS) {
    const exact = await ExactModel.open(program, { device: { provider: "cpu", threads: 1 }, products, grids: "table" });
    const { logits, codes } = await exact.run({ tokens, count: 1, wanted: tokens.map((_, row) => row) });
    const shift = codes instanceof Uint8Array ? 128 : 0;
    expect(
      [...codes.subarray(0, keys.length)].map((code) => code - shift),
      products,
    ).toEqual(keys);
    const differ = expected.filter((row, i) => {
      const found = integerLogits(logits.subarray(i * vocabulary, (i + 1) * vocabulary));
      return row.some((logit, token) => found[token] !== logit);
    });
    expect(differ.length, products).toBe(0);
    await exact.release();
  }

  const steps = new StepModel(new StepEngine(), program);
  const sequence = steps.newSequence(tokens.length);
  for (const [i, token] of tokens.entries()) {
    const found = steps.step(sequence, token);
    expect(expected[i]!.every((logit, j) => found[j] === logit)).toBe(true);
  }
});
