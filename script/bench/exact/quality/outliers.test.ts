import { join } from "node:path";
import {
  buildPrefillGraph,
  EMBEDDING,
  FINAL_NORM,
  loadModel,
  type Model,
  normName,
  projectionName,
} from "@openledger/engine";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { beforeAll, expect, test } from "vitest";
import { repositoryRoot } from "../../../devnet/repositoryRoot.js";
import { OUTLIER_FACTOR, withHiddenOutliers } from "./hiddenOutliers.js";
import { quietChannels, withResidualOutliers } from "./residualOutliers.js";

let model: Model;
beforeAll(async () => {
  model = await loadModel(join(repositoryRoot, "engine/fixtures/llama"));
});

async function floatLogits({ architecture, weights }: Model): Promise<Float32Array> {
  const length = 32;
  const session = await InferenceSession.create(
    buildPrefillGraph(architecture, weights, { length, outputs: ["logits"] }),
  );
  const tokens = BigInt64Array.from({ length }, (_, i) => BigInt((i * 29 + 5) % architecture.vocabulary));
  const { logits } = await session.run({ tokens: new Tensor("int64", tokens, [1, length]) });
  return logits!.data as Float32Array;
}

/** Columns of a `[rows, columns]` tensor, each as the common factor between two versions of it. */
function columnFactors(from: Float32Array, to: Float32Array, columns: number): number[] {
  return Array.from({ length: columns }, (_, column) => {
    let [product, square] = [0, 0];
    for (let i = column; i < from.length; i += columns) {
      product += from[i]! * to[i]!;
      square += from[i]! ** 2;
    }
    return product / square;
  });
}

test("hidden outliers leave the float function as it was, and enlarge channels", async () => {
  const changed = withHiddenOutliers(model);
  const [before, after] = [await floatLogits(model), await floatLogits(changed)];

  const largest = before.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const worst = before.reduce((most, value, i) => Math.max(most, Math.abs(value - after[i]!)), 0);
  expect(worst).toBeLessThan(1e-4 * largest);
  for (let layer = 0; layer < model.architecture.layers; layer++) {
    const down = projectionName(layer, "down");
    const factors = columnFactors(model.weights.get(down)!, changed.weights.get(down)!, model.architecture.feedForward);
    expect(factors.filter((factor) => Math.abs(factor * OUTLIER_FACTOR - 1) < 1e-5)).toHaveLength(8);
  }
});

test.each(["tied", "separate"] as const)("residual outliers are undone but for one factor a norm: %s head", (head) => {
  const changed = withResidualOutliers({ ...model, architecture: { ...model.architecture, head } });
  const { hidden, layers } = model.architecture;
  const chosen = new Set(quietChannels(model));
  const factorsOf = (name: string): number[] =>
    columnFactors(model.weights.get(name)!, changed.weights.get(name)!, hidden);

  expect(chosen.size).toBe(8);
  const written = factorsOf(EMBEDDING);
  const norms = Array.from({ length: layers }, (_, layer) => [
    normName(layer, "attention"),
    normName(layer, "feedForward"),
  ]).flat();
  for (const norm of norms) {
    const read = factorsOf(norm).map((factor, channel) => factor * written[channel]!);
    for (const factor of read) expect(factor).toBeCloseTo(read[0]!, 4);
    expect(read[0]).toBeGreaterThan(1);
  }
  const reads = head === "tied" ? 2 : 1;
  const last = factorsOf(FINAL_NORM).map((factor, channel) => factor * written[channel]! ** reads);
  for (const factor of last) expect(factor).toBeCloseTo(last[0]!, 4);

  for (let layer = 0; layer < layers; layer++) {
    for (const part of ["o", "down"] as const) {
      const [from, to] = [model, changed].map(({ weights }) => weights.get(projectionName(layer, part))!);
      const columns = from!.length / hidden;
      for (let channel = 0; channel < hidden; channel++) {
        const factor = chosen.has(channel) ? OUTLIER_FACTOR : 1;
        expect(written[channel]).toBeCloseTo(factor, 4);
        expect(to![channel * columns]! / from![channel * columns]!).toBeCloseTo(factor, 4);
      }
    }
  }
});
