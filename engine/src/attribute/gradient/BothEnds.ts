import type { Adapter } from "../../model/adapter.js";
import type { Model } from "../../model/model-folder.js";
import { initialAdapter } from "../../train/initial-weights.js";
import type { GradientSource } from "./fitGradientBasis.js";
import { type GradientMatrix, TextGradients } from "./TextGradients.js";

/** Any seed predicts retraining as well, the adapter's own among them: gradients of the start are the base's, projected at random. */
const START_SEED = 0;
const START = "start.";

/**
 * Gradients of an adapter at both ends of its training: as it is, and as one of its shape is that changes nothing yet. A trained
 * adapter has learned what its records say, so that its own gradients tell of little but what is left; the start's tell of what
 * there was to learn.
 *
 * The start has gradients in B alone, since its B is zero. Both ends count the same, however many numbers each has.
 */
export class BothEnds implements GradientSource {
  /** The adapter's own, then those of its start. */
  readonly matrices: readonly GradientMatrix[];

  private constructor(
    private readonly end: TextGradients,
    private readonly start: TextGradients,
  ) {
    this.matrices = bothEnds(end.matrices, start.matrices);
  }

  /** @param options `length`: most tokens of a text */
  static async create(
    model: Model,
    adapter: Adapter,
    options: { readonly length: number; readonly threads: number },
  ): Promise<BothEnds> {
    const end = await TextGradients.create(model, { adapter }, options);
    try {
      const start = initialAdapter(model.architecture, adapter, START_SEED);
      return new BothEnds(end, await TextGradients.create(model, { adapter: start }, options));
    } catch (error) {
      await end.close();
      throw error;
    }
  }

  /** As `TextGradients`, for each of `matrices`. @throws AttributionError `record_too_long`, `not_finite` */
  async of(ids: readonly number[], from = 0): Promise<Float32Array[]> {
    const start = await this.start.of(ids, from);
    return [...(await this.end.of(ids, from)), ...start.filter((_, m) => isB(this.start.matrices[m]!))];
  }

  async close(): Promise<void> {
    await this.end.close();
    await this.start.close();
  }
}

/** The matrices of an adapter, then those of its start whose gradients are not zero, with other names. */
export function bothEnds(end: readonly GradientMatrix[], start: readonly GradientMatrix[]): readonly GradientMatrix[] {
  const moving = start.filter(isB);
  const weight = Math.sqrt(entriesOf(end) / entriesOf(moving));
  return [...end, ...moving.map((matrix) => ({ ...matrix, name: `${START}${matrix.name}`, weight }))];
}

export function isB({ name }: GradientMatrix): boolean {
  return name.endsWith(".b");
}

function entriesOf(matrices: readonly GradientMatrix[]): number {
  return matrices.reduce((sum, { rows, columns }) => sum + rows * columns, 0);
}
