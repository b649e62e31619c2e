import { AttributionError } from "../errors.js";
import { AXIS_ONE, type EvsAxes, EvsBasis } from "./EvsBasis.js";
import { addGram, transposed } from "./products.js";
import type { GradientMatrix } from "./TextGradients.js";
import { tridiagonalEigen } from "./tridiagonalEigen.js";

/**
 * Part of the mean variance that is added to each: flat, so that axes that hardly vary do not decide. Chosen on another world
 * than the bench's, with a basis of a sixth of the records: 0.03 and 0.3 predict retraining less well.
 */
const DAMPING = 0.1;

/**
 * Fits one matrix' basis in two passes over the same texts, whose gradients need not be kept: `addMoments` of each, `turn`,
 * `addVariances` of each, `basis`. Memory: the two sides' squares and the matrix, in float64.
 */
export class EvsFit {
  /** Sums of G·Gᵀ and Gᵀ·G, lower halves. */
  readonly #rowMoments: Float64Array;
  readonly #columnMoments: Float64Array;
  readonly #variances: Float64Array;
  #turned: EvsBasis | undefined;
  #count = 0;

  constructor(private readonly matrix: GradientMatrix) {
    const { rows, columns } = matrix;
    this.#rowMoments = new Float64Array(rows * rows);
    this.#columnMoments = new Float64Array(columns * columns);
    this.#variances = new Float64Array(rows * columns);
  }

  /** Of gradients that are all there: see the passes. All zero, or none, gives a basis in which every score is 0. */
  static of(matrix: GradientMatrix, gradients: readonly Float32Array[]): EvsBasis {
    const fit = new EvsFit(matrix);
    for (const gradient of gradients) fit.addMoments(gradient);
    fit.turn();
    for (const gradient of gradients) fit.addVariances(gradient);
    return fit.basis();
  }

  /** @param gradient `[rows, columns]` */
  addMoments(gradient: Float32Array): void {
    const { rows, columns } = this.matrix;
    addGram(Float64Array.from(gradient), rows, columns, this.#rowMoments);
    addGram(transposed(gradient, rows, columns), columns, rows, this.#columnMoments);
  }

  /** Ends the first pass. */
  turn(): void {
    const { rows, columns } = this.matrix;
    this.#turned = new EvsBasis(this.matrix, {
      left: axesOf(this.#rowMoments, rows),
      right: axesOf(this.#columnMoments, columns),
      scale: new Float32Array(rows * columns).fill(1),
    });
  }

  /** @throws AttributionError `invalid_request` before `turn` */
  addVariances(gradient: Float32Array): void {
    const turned = this.#axes();
    this.#count++;
    turned.whiten(gradient).forEach((g, i) => {
      this.#variances[i]! += g * g;
    });
  }

  /** @throws AttributionError `invalid_request` before `turn`; `not_finite` where gradients' squares exceed binary32 */
  basis(): EvsBasis {
    const { axes } = this.#axes();
    const { weight = 1 } = this.matrix;
    const variances = this.#variances.map((sum) => sum / Math.max(1, this.#count));
    const damping = (DAMPING * variances.reduce((sum, variance) => sum + variance, 0)) / variances.length;
    const scale = Float32Array.from(variances, (variance) =>
      damping === 0 ? 0 : weight / Math.sqrt(variance + damping),
    );
    if (!scale.every(Number.isFinite)) {
      throw new AttributionError("not_finite", `variances of ${this.matrix.name} are beyond binary32`);
    }
    return new EvsBasis(this.matrix, { ...axes, scale });
  }

  #axes(): EvsBasis {
    if (this.#turned === undefined)
      throw new AttributionError("invalid_request", "a basis is turned before it is scaled");
    return this.#turned;
  }
}

/** @param moments Lower half; the upper one is filled in */
function axesOf(moments: Float64Array, n: number): EvsAxes["left"] {
  for (let i = 0; i < n; i++) for (let j = 0; j < i; j++) moments[j * n + i] = moments[i * n + j]!;
  const entries = tridiagonalEigen(moments, n);
  return Int16Array.from(entries, (entry) => Math.max(-AXIS_ONE, Math.min(AXIS_ONE, Math.round(entry * AXIS_ONE))));
}
