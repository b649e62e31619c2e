import { loadModel, type Model } from "@openledger/engine";
import { BASE_DIR } from "../../seedRecords.js";
import { randomModel } from "./randomModel.js";
import { SHAPE_135M } from "./shape135m.js";

/** Models that are measured, by the end of their figures' names. */
export const BENCH_MODELS = ["135m", "base"] as const;
export type BenchModel = (typeof BENCH_MODELS)[number];

const SEED = 1;

/** `base` is the shipped one, `135m` is random. */
export async function benchModel(name: BenchModel): Promise<Model> {
  return name === "base" ? await loadModel(BASE_DIR) : randomModel(SHAPE_135M, SEED);
}
