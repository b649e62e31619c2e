/**
 * Checks an import against what another implementation computed: a model folder with a `reference.json`, and with an
 * adapter under `adapter/` where the reference has cases for it.
 */
import { join } from "node:path";
import { type Adapter, loadAdapter } from "../model/adapter.js";
import { FloatModel } from "../model/FloatModel.js";
import { loadModel, type Model } from "../model/model-folder.js";
import { type ReferenceCase, readReference } from "../model/referenceFile.js";
import { Tokenizer } from "../model/tokenizer.js";
import { referenceLosses } from "./referenceLosses.js";

/** Largest distance of a logit over the largest |logit|, of a sum over the sum, of a loss in nats. */
const TOLERANCE = 1e-4;

/** One thing that was compared. */
export interface ReferenceResult {
  readonly check: "tokens" | "logits" | "sum" | "greedy" | "adapter" | "training";
  /** Which case or step, counted from 1; empty where a whole section is absent. */
  readonly name: string;
  readonly verdict: "agrees" | "differs" | "absent";
  /** A distance in the check's own unit; of tokens, how many differ. */
  readonly distance: number;
  /** The distance in words, and what it was measured in. */
  readonly agreement: string;
}

/**
 * Runs every case of a folder's reference, one result after another.
 *
 * @param options.threads threads of onnxruntime, 1 if absent
 * @throws ModelError when the folder, its reference or its adapter cannot be used
 */
export async function* checkReference(
  modelDir: string,
  options: { readonly threads?: number } = {},
): AsyncGenerator<ReferenceResult> {
  const { threads = 1 } = options;
  const reference = await readReference(modelDir);
  const model = await loadModel(modelDir);
  const load = (): Promise<Adapter> => loadAdapter(join(modelDir, "adapter"), model.architecture);

  yield* tokenResults(modelDir, reference.cases);
  yield* caseResults(model, reference.cases, threads);
  if (reference.adapterCases.length === 0) yield absent("adapter");
  else yield* adapterResults(model, await load(), reference.adapterCases, threads);
  if (reference.training === undefined) yield absent("training");
  else {
    const losses = await referenceLosses(model, await load(), reference.training, threads);
    for (const [i, wanted] of reference.training.losses.entries()) yield lossResult(i, losses[i]!, wanted);
  }
}

async function* tokenResults(modelDir: string, cases: readonly ReferenceCase[]): AsyncGenerator<ReferenceResult> {
  if (cases.every(({ prompt }) => prompt === undefined)) {
    yield absent("tokens");
    return;
  }
  const tokenizer = await Tokenizer.load(modelDir);
  for (const [i, { prompt, inputIds }] of cases.entries()) {
    if (prompt !== undefined) yield tokenResult("tokens", i, tokenizer.encode(prompt), inputIds);
  }
}

async function* caseResults(
  model: Model,
  cases: readonly ReferenceCase[],
  threads: number,
): AsyncGenerator<ReferenceResult> {
  for (const check of ["logits", "sum", "greedy"] as const) {
    const field = { logits: "lastLogits", sum: "logitsSumAbs", greedy: "greedyIds" } as const;
    if (cases.every((entry) => entry[field[check]] === undefined)) yield absent(check);
  }
  if (cases.length === 0) return;
  const run = await FloatModel.open(model, { length: longest(cases), threads });
  try {
    for (const [i, { inputIds, lastLogits, logitsSumAbs, greedyIds }] of cases.entries()) {
      const logits = await run.logits(inputIds);
      const last = logits.subarray(logits.length - model.architecture.vocabulary);
      if (lastLogits !== undefined) yield logitResult("logits", i, last, lastLogits);
      if (logitsSumAbs !== undefined) yield sumResult(i, logits, logitsSumAbs);
      if (greedyIds !== undefined) {
        yield tokenResult("greedy", i, await run.greedy(inputIds, greedyIds.length), greedyIds);
      }
    }
  } finally {
    await run.close();
  }
}

async function* adapterResults(
  model: Model,
  adapter: Adapter,
  cases: readonly ReferenceCase[],
  threads: number,
): AsyncGenerator<ReferenceResult> {
  const run = await FloatModel.open(model, { length: longest(cases), adapter, threads });
  try {
    for (const [i, { inputIds, lastLogits }] of cases.entries()) {
      if (lastLogits === undefined) continue;
      const logits = await run.logits(inputIds);
      yield logitResult("adapter", i, logits.subarray(logits.length - model.architecture.vocabulary), lastLogits);
    }
  } finally {
    await run.close();
  }
}

function logitResult(
  check: "logits" | "adapter",
  i: number,
  found: Float32Array,
  wanted: readonly number[],
): ReferenceResult {
  let worst = 0;
  let largest = 0;
  for (const [k, value] of wanted.entries()) {
    worst = Math.max(worst, Math.abs(value - found[k]!));
    largest = Math.max(largest, Math.abs(value));
  }
  const distance = worst / largest;
  return result(check, `case ${i + 1}`, distance, `${distance.toExponential(1)} of the largest |logit|`);
}

function sumResult(i: number, logits: Float32Array, wanted: number): ReferenceResult {
  const sum = logits.reduce((total, value) => total + Math.abs(value), 0);
  const distance = Math.abs(sum - wanted) / wanted;
  return result("sum", `case ${i + 1}`, distance, `${distance.toExponential(1)} of the sum of |logit|`);
}

function tokenResult(
  check: "tokens" | "greedy",
  i: number,
  found: readonly number[],
  wanted: readonly number[],
): ReferenceResult {
  const equal = wanted.filter((token, k) => token === found[k]).length;
  const size = Math.max(found.length, wanted.length);
  return result(check, `case ${i + 1}`, size - equal, `${equal} of ${size} tokens equal`);
}

function lossResult(i: number, found: number, wanted: number): ReferenceResult {
  const distance = Math.abs(found - wanted);
  const agreement = `${distance.toExponential(1)} nats from ${wanted.toFixed(6)}`;
  return result("training", `step ${i + 1}`, distance, agreement);
}

function result(check: ReferenceResult["check"], name: string, distance: number, agreement: string): ReferenceResult {
  return { check, name, distance, agreement, verdict: distance < TOLERANCE ? "agrees" : "differs" };
}

function absent(check: ReferenceResult["check"]): ReferenceResult {
  return { check, name: "", distance: 0, agreement: "the reference has none", verdict: "absent" };
}

/** Positions that the cases need, with what is generated. */
function longest(cases: readonly ReferenceCase[]): number {
  return Math.max(...cases.map(({ inputIds, greedyIds = [] }) => inputIds.length + greedyIds.length));
}
