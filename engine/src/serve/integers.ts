import { integerLogits, SamplingError } from "../exact/sampling/index.js";
import { RuntimeError } from "./errors.js";

/** Integer logits of one row. @throws RuntimeError `model_unusable` where one is NaN */
export function integers(logits: Float32Array): Int32Array {
  try {
    return integerLogits(logits);
  } catch (error) {
    if (error instanceof SamplingError) throw new RuntimeError("model_unusable", error.message, { cause: error });
    throw error;
  }
}
