import { CODE_BITS, CODE_BYTES } from "./codes.js";
import { AttributionError } from "./errors.js";

/**
 * The affine map whose signs are a code: bit k of a hidden state z is 1 when
 * Σ_j projection[k][j] · z_j > Σ_j projection[k][j] · mean_j.
 *
 * Sums run in float64 over ascending j, so equal hidden states give equal bits everywhere.
 */
export class CodeProjection {
  private readonly offsets: Float64Array;
  private readonly rows: Float64Array;

  /** @param mean `[d]` @param projection `[128, d]`, row-major */
  constructor(
    readonly mean: Float32Array,
    readonly projection: Float32Array,
  ) {
    const d = mean.length;
    if (projection.length !== CODE_BITS * d) {
      throw new AttributionError(
        "base_malformed",
        `a projection of ${d}-dimensional states needs ${CODE_BITS * d} numbers, found ${projection.length}`,
      );
    }
    this.rows = Float64Array.from(projection);
    this.offsets = new Float64Array(CODE_BITS);
    for (let k = 0; k < CODE_BITS; k++) {
      let sum = 0;
      for (let j = 0; j < d; j++) sum += this.rows[k * d + j]! * mean[j]!;
      this.offsets[k] = sum;
    }
  }

  /** @param hidden `[n, d]` @returns `[n, 16]` */
  codes(hidden: Float32Array): Uint8Array {
    const d = this.mean.length;
    const count = hidden.length / d;
    const codes = new Uint8Array(count * CODE_BYTES);
    const { rows, offsets } = this;
    const state = new Float64Array(d);
    for (let i = 0; i < count; i++) {
      state.set(hidden.subarray(i * d, (i + 1) * d));
      // Four bits at a time, so that each number of the state is read once for them.
      for (let k = 0; k < CODE_BITS; k += 4) {
        const at = k * d;
        let s0 = 0;
        let s1 = 0;
        let s2 = 0;
        let s3 = 0;
        for (let j = 0; j < d; j++) {
          const z = state[j]!;
          s0 += rows[at + j]! * z;
          s1 += rows[at + d + j]! * z;
          s2 += rows[at + 2 * d + j]! * z;
          s3 += rows[at + 3 * d + j]! * z;
        }
        const four =
          (s0 > offsets[k]! ? 1 : 0) |
          (s1 > offsets[k + 1]! ? 2 : 0) |
          (s2 > offsets[k + 2]! ? 4 : 0) |
          (s3 > offsets[k + 3]! ? 8 : 0);
        codes[i * CODE_BYTES + (k >> 3)]! |= four << (k & 7);
      }
    }
    return codes;
  }
}
