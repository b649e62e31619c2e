import {
  buildPrefillGraph,
  compileModel,
  conform,
  ExactModel,
  integerLogits,
  LOGIT_ONE,
  loadModel,
  type Model,
  type Tier,
} from "@openledger/engine";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { BASE_DIR } from "../../seedRecords.js";
import type { ContestantName } from "../contest/contestants.js";
import { llamaCppPredictions } from "../llamacpp/llamaCppPredictions.js";
import { heldOutText, WINDOW } from "./heldOutText.js";
import { withHiddenOutliers } from "./hiddenOutliers.js";
import { Predictions } from "./Predictions.js";
import { withResidualOutliers } from "./residualOutliers.js";
import { retrained } from "./retrained.js";

const TIERS: readonly Tier[] = ["w8a8", "w8a16", "w15a15"];
const THREADS = 2;
/** llama.cpp hands logits out one by one: a part of the windows is enough to tell. */
const PEER_WINDOWS = 24;

/**
 * Perplexity of exact programs against float execution of the same weights, as fractions, and how often both choose the same
 * token, on the shipped base and on it with enlarged channels (the worse of two kinds of those); beside them llama.cpp's
 * Q8_0.
 */
export async function qualityFigures(
  contestants: readonly ContestantName[],
  report: (line: string) => void,
): Promise<Record<string, number>> {
  const base = await loadModel(BASE_DIR);
  const { windows, rest } = await heldOutText(base.architecture.endToken);
  const figures: Record<string, number> = { quality_tokens: windows.length * WINDOW };
  const outlierTiers = ["w8a8", "w8a16"] as const;
  const variants = [
    { end: "", tiers: TIERS, make: async () => base },
    { end: "_hidden_outliers", tiers: outlierTiers, make: async () => withHiddenOutliers(base) },
    {
      end: "_residual_outliers",
      tiers: outlierTiers,
      make: () => retrained(withResidualOutliers(base), rest, THREADS),
    },
  ] as const;
  for (const { end, make, tiers } of variants) {
    report(`quality${end}: float${end === "_residual_outliers" ? ", after a short training" : ""}`);
    const model = await make();
    const float = await floatPredictions(model, windows);
    figures[`ppl_float${end}`] = float.perplexity;
    for (const tier of tiers) {
      report(`quality${end}: ${tier}`);
      const exact = await exactPredictions(model, tier, windows);
      figures[`ppl_delta_${tier}${end}`] = exact.perplexity / float.perplexity - 1;
      figures[`agree_${tier}${end}`] = exact.agreement(float);
    }
  }
  for (const tier of outlierTiers) {
    const [hidden, residual] = ["hidden", "residual"].map((kind) => figures[`ppl_delta_${tier}_${kind}_outliers`]!);
    figures[`ppl_delta_${tier}_outliers`] = Math.max(hidden!, residual!);
  }
  if (contestants.includes("llamacpp")) {
    report("quality: llama.cpp");
    const some = windows.slice(0, PEER_WINDOWS);
    const float = await floatPredictions(base, some);
    const peer = await llamaCppPredictions(base, some, THREADS);
    figures.ppl_delta_llamacpp = peer.perplexity / float.perplexity - 1;
    figures.agree_llamacpp = peer.agreement(float);
  }
  return figures;
}

async function floatPredictions(model: Model, windows: readonly (readonly number[])[]): Promise<Predictions> {
  const graph = buildPrefillGraph(model.architecture, model.weights, { length: WINDOW, outputs: ["logits"] });
  const session = await InferenceSession.create(graph, { intraOpNumThreads: THREADS });
  const predictions = new Predictions();
  for (const window of windows) {
    const tokens = new Tensor("int64", BigInt64Array.from(window.slice(0, WINDOW), BigInt), [1, WINDOW]);
    const { logits } = await session.run({ tokens }, ["logits"]);
    predictions.add(logits!.data as Float32Array, window.slice(1));
  }
  await session.release();
  return predictions;
}

/** Logits are the program's integers, brought back to nats. */
async function exactPredictions(
  model: Model,
  tier: Tier,
  windows: readonly (readonly number[])[],
): Promise<Predictions> {
  const program = compileModel(model, { tier });
  const exact = await ExactModel.open(program, await conform({ provider: "cpu", threads: THREADS }, program));
  const predictions = new Predictions();
  const heads = Array.from({ length: WINDOW }, (_, i) => i);
  for (const window of windows) {
    const { logits } = await exact.run({ tokens: window.slice(0, WINDOW), count: 1, wanted: heads });
    predictions.add(
      Float64Array.from(integerLogits(logits), (logit) => logit / LOGIT_ONE),
      window.slice(1),
    );
  }
  await exact.release();
  return predictions;
}
