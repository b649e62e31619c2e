import { InferenceSession, Tensor } from "onnxruntime-node";
import type { CodeProjection } from "../attribute/CodeProjection.js";
import { ATTRIBUTION_CONTEXT, CODE_BYTES, type PositionCodes, surpriseOf } from "../attribute/codes.js";
import type { Architecture } from "../model/architecture.js";
import { buildCodeGraph } from "./codeGraph.js";
import { RuntimeError } from "./errors.js";
import type { ModelFiles } from "./modelFiles.js";
import type { PassRequest } from "./protocol.js";

/**
 * Reads what attribution needs of a text by one pass of the frozen base, always in the same shape (batch 1, 256
 * positions) on one thread: other shapes or threads may add floats in another order and turn bits.
 */
export class CodeReader {
  private constructor(
    private readonly architecture: Architecture,
    private readonly session: InferenceSession,
    private readonly projection: CodeProjection | undefined,
  ) {}

  static async open(model: ModelFiles, projection: CodeProjection | undefined): Promise<CodeReader> {
    const graph = buildCodeGraph(model.architecture, model.weights, ATTRIBUTION_CONTEXT);
    const session = await InferenceSession.create(graph, {
      intraOpNumThreads: 1,
      interOpNumThreads: 1,
      executionMode: "sequential",
    });
    return new CodeReader(model.architecture, session, projection);
  }

  /** @throws RuntimeError `attribution_missing` when the base has no attribution file */
  async codes(request: PassRequest): Promise<PositionCodes> {
    if (this.projection === undefined) {
      throw new RuntimeError("attribution_missing", "the base's manifest names no attribution file; fit one first");
    }
    const { hidden, probabilities } = await this.hiddenStates(request);
    const ids = Uint32Array.from(request.ids.slice(request.from));
    const codes = this.projection.codes(hidden);
    if (codes.length !== ids.length * CODE_BYTES) {
      throw new RuntimeError("model_unusable", "the base's attribution file is for hidden states of another size");
    }
    return { ids, surprises: Uint8Array.from(probabilities, surpriseOf), codes };
  }

  /**
   * Final hidden states before, and probabilities of, the tokens from `from` on.
   *
   * @returns `hidden` `[n, hidden]`, `probabilities` `[n]`
   * @throws RuntimeError `context_exceeded`, `invalid_request`
   */
  async hiddenStates({
    ids,
    before,
    from,
  }: PassRequest): Promise<{ hidden: Float32Array; probabilities: Float32Array }> {
    const { vocabulary, endToken, hidden: width, maxPositions } = this.architecture;
    if (ids.length > Math.min(ATTRIBUTION_CONTEXT, maxPositions)) {
      throw new RuntimeError(
        "context_exceeded",
        `a pass reads ${ATTRIBUTION_CONTEXT} tokens, asked for ${ids.length}; split the text`,
      );
    }
    const foreign = [before ?? endToken, ...ids].find((id) => !Number.isInteger(id) || id < 0 || id >= vocabulary);
    if (foreign !== undefined) {
      throw new RuntimeError("invalid_request", `ids must be tokens below ${vocabulary}, found ${foreign}`);
    }
    const count = ids.length - from;
    if (count <= 0) return { hidden: new Float32Array(), probabilities: new Float32Array() };

    const tokens = new BigInt64Array(ATTRIBUTION_CONTEXT);
    const targets = new BigInt64Array(ATTRIBUTION_CONTEXT);
    ids.forEach((id, i) => {
      tokens[i] = BigInt(ids[i - 1] ?? before ?? endToken);
      targets[i] = BigInt(id);
    });
    const { hidden, probability } = await this.session.run({
      tokens: new Tensor("int64", tokens, [1, ATTRIBUTION_CONTEXT]),
      targets: new Tensor("int64", targets, [ATTRIBUTION_CONTEXT, 1]),
    });
    return {
      hidden: (hidden!.data as Float32Array).slice(from * width, ids.length * width),
      probabilities: (probability!.data as Float32Array).slice(from, ids.length),
    };
  }

  release(): Promise<void> {
    return this.session.release();
  }
}
