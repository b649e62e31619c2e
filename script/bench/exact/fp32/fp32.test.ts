import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildDecodeGraph, EMBEDDING, loadModel } from "@openledger/engine";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { expect, test } from "vitest";
import { repositoryRoot } from "../../../devnet/repositoryRoot.js";
import { Fp32Model } from "./Fp32Model.js";
import { fp32PassGraph } from "./fp32PassGraph.js";
import { fp32StepGraph } from "./fp32StepGraph.js";

const LLAMA = join(repositoryRoot, "engine/fixtures/llama");
const MASKED = -1e9;

/** Logits `[tokens, vocabulary]` by the engine's decode graph, token by token. */
async function decodeLogits(model: Awaited<ReturnType<typeof loadModel>>, tokens: readonly number[]) {
  const { layers, kvHeads, headDim } = model.architecture;
  const capacity = 64;
  const session = await InferenceSession.create(buildDecodeGraph(model.architecture, model.weights));
  const mask = new Float32Array(capacity).fill(MASKED);
  const rows = new Map<string, Float32Array>();
  for (let layer = 0; layer < layers; layer++) {
    for (const kind of ["key", "value"]) rows.set(`${kind}.${layer}`, new Float32Array(kvHeads * capacity * headDim));
  }
  const all: Float32Array[] = [];
  for (const [position, token] of tokens.entries()) {
    const past = [...rows].map(([name, data]) => [
      `past_${name}`,
      new Tensor("float32", data, [1, kvHeads, capacity, headDim]),
    ]);
    const outputs = await session.run({
      tokens: new Tensor("int64", BigInt64Array.of(BigInt(token)), [1, 1]),
      positions: new Tensor("int64", BigInt64Array.of(BigInt(position)), [1, 1]),
      past_mask: new Tensor("float32", mask, [1, 1, 1, capacity]),
      ...Object.fromEntries(past),
    });
    for (const [name, data] of rows) {
      const fresh = outputs[name]!.data as Float32Array;
      for (let head = 0; head < kvHeads; head++) {
        data.set(fresh.subarray(head * headDim, (head + 1) * headDim), (head * capacity + position) * headDim);
      }
    }
    mask[position] = 0;
    all.push(new Float32Array(outputs.logits!.data as Float32Array));
  }
  return all;
}

function expectClose(found: Float32Array, wanted: Float32Array): void {
  const largest = wanted.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const worst = wanted.reduce((most, value, i) => Math.max(most, Math.abs(value - found[i]!)), 0);
  expect(found.length).toBe(wanted.length);
  expect(worst).toBeLessThan(1e-4 * largest);
}

test("the fp32 baseline gives the logits of the engine's decode graph", async () => {
  const model = await loadModel(LLAMA);
  const { vocabulary } = model.architecture;
  const tokens = Array.from({ length: 40 }, (_, i) => (i * 29 + 5) % vocabulary);
  const expected = await decodeLogits(model, tokens);
  const folder = mkdtempSync(join(tmpdir(), "openledger-fp32-"));
  const graph = (form: "step" | "pass") => join(folder, form);
  writeFileSync(graph("step"), fp32StepGraph(model));
  writeFileSync(graph("pass"), fp32PassGraph(model));
  const embedding = model.weights.get(EMBEDDING)!;
  const baseline = new Fp32Model({ architecture: model.architecture, embedding, graph }, 1);

  const stepped = baseline.newCache();
  for (const [i, token] of tokens.entries()) expectClose(await baseline.step([token], stepped), expected[i]!);

  // Two sequences, prompts read in one pass, then a step of both.
  const pair = baseline.newCache(2);
  for (const sequence of [0, 1]) {
    pair.filled = 0;
    expectClose(await baseline.prefill(tokens.slice(0, 39), pair, sequence), expected[38]!);
  }
  const logits = await baseline.step([tokens[39]!, tokens[39]!], pair);
  for (const sequence of [0, 1]) {
    expectClose(logits.subarray(sequence * vocabulary, (sequence + 1) * vocabulary), expected[39]!);
  }
  await baseline.release();
  rmSync(folder, { recursive: true });
});
