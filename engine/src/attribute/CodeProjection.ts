import { CODE_BITS } from "./codes.js";
import { AttributionError } from "./errors.js";

/**
 * The affine map whose signs are a code: bit k of a final hidden state z is 1 where Σ_j projection[k][j] · (z_j − mean_j) > 0,
 * as the base's exact program computes it that is compiled with it.
 */
export class CodeProjection {
  /**
   * @param mean `[d]` @param projection `[128, d]`, row-major
   * @throws AttributionError `base_malformed` where their sizes differ
   */
  constructor(
    readonly mean: Float32Array,
    readonly projection: Float32Array,
  ) {
    const d = mean.length;
    if (projection.length === CODE_BITS * d) return;
    throw new AttributionError(
      "base_malformed",
      `a projection of ${d}-dimensional states needs ${CODE_BITS * d} numbers, found ${projection.length}`,
    );
  }
}
