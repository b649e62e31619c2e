import { type Architecture, llamaArchitecture } from "../../model/architecture.js";
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

/** Of a model that is small enough to be differentiated in a moment. */
export function smallArchitecture(vocabulary: number): Architecture {
  return llamaArchitecture({
    vocabulary,
    hidden: 16,
    layers: 2,
    heads: 2,
    kvHeads: 1,
    headDim: 8,
    feedForward: 32,
    maxPositions: 32,
    theta: 10_000,
    normEpsilon: 1e-6,
    head: "tied",
    endToken: 0,
  });
}
