import type { GradientSource } from "./fitGradientBasis.js";
import type { GradientSubject } from "./GradientBasis.js";
import type { GradientMatrix } from "./TextGradients.js";

export const MATRICES: readonly GradientMatrix[] = [
  { name: "layers.0.q.a", rows: 2, columns: 5 },
  { name: "layers.0.q.b", rows: 3, columns: 2 },
];

export const SUBJECT: GradientSubject = {
  baseWeightsRoot: `0x${"ba".repeat(32)}`,
  adapterWeightsRoot: `0x${"ad".repeat(32)}`,
  length: 8,
};

/** Twenty texts of three tokens. */
export const RECORDS: readonly (readonly number[])[] = Array.from({ length: 20 }, (_, i) => [i, 3 * i + 1, 7]);

/** Gradients for tests that follow from a text's tokens alone. */
export class TestGradients implements GradientSource {
  /** Texts that were asked for. */
  asked = 0;

  constructor(readonly matrices: readonly GradientMatrix[] = MATRICES) {}

  async of(ids: readonly number[], from = 0): Promise<Float32Array[]> {
    this.asked++;
    return this.matrices.map(({ rows, columns }, m) =>
      Float32Array.from({ length: rows * columns }, (_, i) =>
        ids.slice(from).reduce((sum, id) => sum + Math.sin(id * (i + 2) + 5 * m), 0),
      ),
    );
  }
}
