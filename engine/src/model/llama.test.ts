import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { beforeAll, describe, expect, test } from "vitest";
import { factorsOf, loadAdapter, servingFactors } from "./adapter.js";
import { buildDecodeGraph } from "./decode-graph.js";
import { MASKED } from "./decoder.js";
import { loadModel, type Model } from "./model-folder.js";
import { PROJECTIONS } from "./parameters.js";
import { buildPrefillGraph } from "./prefill-graph.js";
import { Tokenizer } from "./tokenizer.js";

interface Reference {
  cases: { prompt: string; input_ids: number[]; last_logits: number[]; logits_sum_abs: number; greedy_ids: number[] }[];
  adapter_cases: { input_ids: number[]; last_logits: number[] }[];
}

const DIR = fileURLToPath(new URL("../../fixtures/llama/", import.meta.url));
const REFERENCE = JSON.parse(readFileSync(`${DIR}reference.json`, "utf8")) as Reference;
const LENGTH = 80;
const ONE_THREAD = { intraOpNumThreads: 1, interOpNumThreads: 1 };

let model: Model;
beforeAll(async () => {
  model = await loadModel(DIR);
});

function tokensOf(ids: readonly number[]): Tensor {
  const padded = new BigInt64Array(LENGTH);
  ids.forEach((id, i) => {
    padded[i] = BigInt(id);
  });
  return new Tensor("int64", padded, [1, LENGTH]);
}

async function logitsAfter(session: InferenceSession, ids: readonly number[], adapter: Record<string, Tensor> = {}) {
  const { logits } = await session.run({ tokens: tokensOf(ids), ...adapter });
  const all = logits!.data as Float32Array;
  const size = model.architecture.vocabulary;
  return { all: all.subarray(0, ids.length * size), last: all.subarray((ids.length - 1) * size, ids.length * size) };
}

function argmax(values: ArrayLike<number>): number {
  let best = 0;
  for (let i = 1; i < values.length; i++) if (values[i]! > values[best]!) best = i;
  return best;
}

function expectLogits(found: ArrayLike<number>, wanted: readonly number[]): void {
  const largest = Math.max(...wanted.map(Math.abs));
  const worst = Math.max(...wanted.map((value, i) => Math.abs(value - found[i]!)));
  expect(found.length).toBe(wanted.length);
  expect(worst).toBeLessThan(1e-4 * largest);
}

async function adapterTensors(rank = 4): Promise<Record<string, Tensor>> {
  const adapter = await loadAdapter(`${DIR}adapter`, model.architecture);
  const factors = servingFactors(adapter);
  return Object.fromEntries(
    factorsOf(model.architecture, PROJECTIONS, rank).map(({ key, shape }) => [
      key,
      new Tensor("float32", factors.get(key)!, shape),
    ]),
  );
}

describe("the tokenizer", () => {
  test("gives the reference's tokens and the text back", async () => {
    const tokenizer = await Tokenizer.load(DIR);

    for (const { prompt, input_ids } of REFERENCE.cases) {
      expect(tokenizer.encode(prompt)).toEqual(input_ids);
      expect(tokenizer.decode(input_ids)).toBe(prompt);
    }
  });
});

describe("prefill", () => {
  test("gives the logits and greedy tokens of transformers", async () => {
    const graph = buildPrefillGraph(model.architecture, model.weights, { length: LENGTH, outputs: ["logits"] });
    const session = await InferenceSession.create(graph, ONE_THREAD);

    for (const { input_ids, last_logits, logits_sum_abs, greedy_ids } of REFERENCE.cases) {
      const { all, last } = await logitsAfter(session, input_ids);
      expectLogits(last, last_logits);
      const sum = all.reduce((total, value) => total + Math.abs(value), 0);
      expect(Math.abs(sum - logits_sum_abs)).toBeLessThan(1e-4 * logits_sum_abs);

      const ids = [...input_ids];
      for (const _ of greedy_ids) ids.push(argmax((await logitsAfter(session, ids)).last));
      expect(ids.slice(input_ids.length)).toEqual(greedy_ids);
    }
  });

  test("gives the logits of peft with an adapter, and the base's with a zero adapter", async () => {
    const lora = { projections: PROJECTIONS, rank: "R" };
    const graph = buildPrefillGraph(model.architecture, model.weights, { length: LENGTH, outputs: ["logits"], lora });
    const session = await InferenceSession.create(graph, ONE_THREAD);
    const adapter = await adapterTensors();

    for (const { input_ids, last_logits } of REFERENCE.adapter_cases) {
      expectLogits((await logitsAfter(session, input_ids, adapter)).last, last_logits);
    }
    const zero = Object.fromEntries(
      factorsOf(model.architecture, PROJECTIONS, 1).map(({ key, shape }) => [
        key,
        new Tensor("float32", new Float32Array(shape[0] * shape[1]), shape),
      ]),
    );
    const { input_ids, last_logits } = REFERENCE.cases[0]!;
    expectLogits((await logitsAfter(session, input_ids, zero)).last, last_logits);
  });
});

describe("decoding with a cache", () => {
  test("continues the prompt as a full pass does, at any capacity of the cache", async () => {
    const { architecture } = model;
    const { layers, kvHeads, headDim } = architecture;
    const lora = { projections: PROJECTIONS, rank: "R" };
    const session = await InferenceSession.create(buildDecodeGraph(architecture, model.weights, { lora }), ONE_THREAD);
    const adapter = await adapterTensors();
    const capacity = 64;
    const cache = Array.from({ length: 2 * layers }, () => new Float32Array(kvHeads * capacity * headDim));
    const mask = new Float32Array(capacity).fill(MASKED);
    const step = async (token: number, position: number): Promise<Float32Array> => {
      const feeds: Record<string, Tensor> = {
        ...adapter,
        tokens: new Tensor("int64", BigInt64Array.of(BigInt(token)), [1, 1]),
        positions: new Tensor("int64", BigInt64Array.of(BigInt(position)), [1, 1]),
        past_mask: new Tensor("float32", mask, [1, 1, 1, capacity]),
      };
      for (let layer = 0; layer < layers; layer++) {
        feeds[`past_key.${layer}`] = new Tensor("float32", cache[2 * layer]!, [1, kvHeads, capacity, headDim]);
        feeds[`past_value.${layer}`] = new Tensor("float32", cache[2 * layer + 1]!, [1, kvHeads, capacity, headDim]);
      }
      const out = await session.run(feeds);
      for (let layer = 0; layer < layers; layer++) {
        for (const [part, name] of ["key", "value"].entries()) {
          const rows = out[`${name}.${layer}`]!.data as Float32Array;
          for (let head = 0; head < kvHeads; head++) {
            const row = rows.subarray(head * headDim, (head + 1) * headDim);
            cache[2 * layer + part]!.set(row, (head * capacity + position) * headDim);
          }
        }
      }
      mask[position] = 0;
      return out.logits!.data as Float32Array;
    };

    const { input_ids, last_logits } = REFERENCE.adapter_cases[0]!;
    let logits = new Float32Array();
    for (const [position, token] of input_ids.entries()) logits = new Float32Array(await step(token, position));

    expectLogits(logits, last_logits);
  });
});
