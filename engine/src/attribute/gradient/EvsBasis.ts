/**
 * Eigenvalue-corrected Shampoo for per-text gradients: a matrix' gradients are turned into the axes in which they are least
 * correlated, and each axis is divided by how much it varies there (the axes of Shampoo, Gupta et al. 2018; the variances by
 * axis of George et al. 2018, EKFAC). A score is then the inner product of two texts' gradients in that measure.
 */
import { project, transposed } from "./products.js";
import type { GradientMatrix } from "./TextGradients.js";

/** What 1 is in an axis' entries. */
export const AXIS_ONE = 32_767;

/** A basis as a file holds it: whoever reads it computes the same, since all that follows is +, · and √ of these numbers. */
export interface EvsAxes {
  /** `[rows, rows]`, an axis a row, entries times 32,767. */
  readonly left: Int16Array;
  /** `[columns, columns]`, an axis a row, entries times 32,767. */
  readonly right: Int16Array;
  /** `[rows, columns]`, 1/√(variance + damping) by axis; finite, 0 where no gradient was anything. */
  readonly scale: Float32Array;
}

export class EvsBasis {
  constructor(
    readonly matrix: GradientMatrix,
    readonly axes: EvsAxes,
  ) {}

  /**
   * U_L G U_Rᵀ by axis over √variance: scores are inner products of these. In float64, in a fixed order.
   *
   * @param gradient `[rows, columns]`
   * @returns `[rows · columns]`, whose squares are 1 on average over the texts that the basis was fitted on, damping apart
   */
  whiten(gradient: Float32Array): Float64Array {
    const { rows, columns } = this.matrix;
    const { left, right, scale } = this.axes;
    const turned = project(left, rows, transposed(gradient, rows, columns), columns);
    const both = transposed(project(right, columns, turned, rows), columns, rows);
    for (let i = 0; i < both.length; i++) both[i]! *= scale[i]! / (AXIS_ONE * AXIS_ONE);
    return both;
  }
}
