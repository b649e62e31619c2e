import type { Adapter } from "../../model/adapter.js";
import type { Model } from "../../model/model-folder.js";
import type { LossGraphOptions } from "../../train/loss-graph.js";
import { LossSession } from "../../train/loss-session.js";
import { AttributionError } from "../errors.js";

/** A matrix whose gradients are taken: its name, and `[rows, columns]`. */
export interface GradientMatrix {
  readonly name: string;
  readonly rows: number;
  readonly columns: number;
  /** By how much more its numbers count in a basis that is fitted; 1 if absent. */
  readonly weight?: number;
}

/** One pass forward and one back over one text at a time: what a step of training on it alone would change. */
export class TextGradients {
  private constructor(
    private readonly session: LossSession,
    readonly matrices: readonly GradientMatrix[],
    private readonly endToken: number,
    private readonly length: number,
  ) {}

  /**
   * @param of Which gradients: of some of the model's own matrices, or of an adapter's factors over the model.
   * @param length Most tokens of a text; shorter ones are padded.
   */
  static async create(
    { architecture, weights }: Model,
    of: { readonly matrices: readonly string[] } | { readonly adapter: Adapter },
    options: { readonly length: number; readonly threads: number },
  ): Promise<TextGradients> {
    const shape = { architecture, batch: 1, length: options.length, outputs: "loss and gradients" } as const;
    let graph: LossGraphOptions;
    let parameters: ReadonlyMap<string, Float32Array>;
    if ("adapter" in of) {
      graph = { ...shape, trains: { kind: "adapter", base: weights, ...of.adapter } };
      parameters = of.adapter.factors;
    } else {
      graph = { ...shape, trains: { kind: "some weights", base: weights, names: of.matrices } };
      parameters = weights;
    }
    const session = await LossSession.create(graph, parameters, options.threads);
    const matrices = [...session.shapes].map(([name, [rows, columns]]) => ({ name, rows: rows!, columns: columns! }));
    return new TextGradients(session, matrices, architecture.endToken, options.length);
  }

  /**
   * Gradients of the summed surprise −Σ ln p(token | all before it), in nats, over the tokens from `from` on.
   *
   * @returns for each of `matrices`, `[rows, columns]`
   * @throws AttributionError `record_too_long`; `not_finite` where the model gives no finite loss or gradient
   */
  async of(ids: readonly number[], from = 0): Promise<Float32Array[]> {
    if (ids.length > this.length) {
      throw new AttributionError("record_too_long", `a text has ${ids.length} tokens, gradients take ${this.length}`);
    }
    const tokens = new BigInt64Array(this.length);
    const targets = new BigInt64Array(this.length);
    const weights = new Float32Array(this.length);
    ids.forEach((id, i) => {
      tokens[i] = BigInt(i === 0 ? this.endToken : ids[i - 1]!);
      targets[i] = BigInt(id);
      weights[i] = i < from ? 0 : 1;
    });
    const { loss, gradients } = await this.session.run({ tokens, targets, weights });
    return this.matrices.map(({ name }) => {
      const gradient = gradients.get(name)!;
      const squares = gradient.reduce((sum, g) => sum + g * g, 0);
      if (!Number.isFinite(loss) || !Number.isFinite(squares)) {
        throw new AttributionError("not_finite", `the gradient of ${name} is not finite at a loss of ${loss}`);
      }
      return gradient;
    });
  }

  async close(): Promise<void> {
    await this.session.close();
  }
}
