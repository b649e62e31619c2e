/**
 * Eigenvalue-corrected Shampoo for per-text gradients: a matrix' gradients are turned into the axes in which they are least
 * correlated, and each axis is divided by how much it varies there (the axes of Shampoo, Gupta et al. 2018; the variances by
 * axis of George et al. 2018, EKFAC). A score is then the inner product of two texts' gradients in that measure.
 */
import { symmetricEigen } from "../symmetricEigen.js";
import { multiply, multiplyTransposed, transposeMultiply } from "./products.js";
import type { GradientMatrix } from "./TextGradients.js";

/** Part of the mean variance that is added to each: flat, so that axes that hardly vary do not decide. */
const DAMPING = 0.03;

export class EvsBasis {
  private constructor(
    readonly matrix: GradientMatrix,
    /** `[rows, rows]`, an axis a row. */
    private readonly left: Float64Array,
    /** `[columns, columns]`, an axis a row. */
    private readonly right: Float64Array,
    /** `[rows, columns]`, 1/√(variance + damping) by axis. */
    private readonly scale: Float64Array,
  ) {}

  /** @param gradients Of a sample of records, `[rows, columns]` each; all zero gives a basis in which every score is 0. */
  static fit(matrix: GradientMatrix, gradients: readonly Float32Array[]): EvsBasis {
    const { rows, columns } = matrix;
    const rowMoments = new Float64Array(rows * rows);
    const columnMoments = new Float64Array(columns * columns);
    for (const gradient of gradients) {
      multiplyTransposed(gradient, gradient, rows, columns, rows, rowMoments);
      transposeMultiply(gradient, gradient, rows, columns, columns, columnMoments);
    }
    const left = symmetricEigen(rowMoments, rows).vectors;
    const right = symmetricEigen(columnMoments, columns).vectors;
    const basis = new EvsBasis(matrix, left, right, new Float64Array(rows * columns).fill(1));
    const scale = new Float64Array(rows * columns);
    for (const gradient of gradients) {
      basis.whiten(gradient).forEach((g, i) => {
        scale[i]! += (g * g) / gradients.length;
      });
    }
    const damping = (DAMPING * scale.reduce((sum, variance) => sum + variance, 0)) / scale.length;
    for (let i = 0; i < scale.length; i++) scale[i] = damping === 0 ? 0 : 1 / Math.sqrt(scale[i]! + damping);
    return new EvsBasis(matrix, left, right, scale);
  }

  /** U_L G U_Rᵀ by axis over √variance, `[rows · columns]`: scores are inner products of these. */
  whiten(gradient: Float32Array): Float64Array {
    const { rows, columns } = this.matrix;
    const turned = multiply(this.left, gradient, rows, rows, columns);
    const both = new Float64Array(rows * columns);
    multiplyTransposed(turned, this.right, rows, columns, columns, both);
    for (let i = 0; i < both.length; i++) both[i]! *= this.scale[i]!;
    return both;
  }
}
