import { InferenceSession, Tensor } from "onnxruntime-node";
import { ATTRIBUTION_CONTEXT } from "../attribute/codes.js";
import type { Model } from "../model/model-folder.js";
import { checkPass } from "./checkPass.js";
import { buildCodeGraph } from "./codeGraph.js";
import type { PassRequest } from "./protocol.js";

/**
 * Hidden states of the frozen base in floats, for what is fitted to a base once and for votes on records; always in the same
 * shape (batch 1, 256 positions) on one thread. Nothing that is paid or proven reads them.
 */
export class HiddenReader {
  private session: Promise<InferenceSession> | undefined;

  constructor(private readonly model: Model) {}

  /**
   * Final hidden states before, and probabilities of, the tokens from `from` on.
   *
   * @returns `hidden` `[n, hidden]`, `probabilities` `[n]`
   * @throws RuntimeError `context_exceeded`, `invalid_request`
   */
  async hiddenStates(request: PassRequest): Promise<{ hidden: Float32Array; probabilities: Float32Array }> {
    const { endToken, hidden: width } = this.model.architecture;
    const { ids, before, from } = request;
    checkPass(this.model.architecture, request);
    if (ids.length <= from) return { hidden: new Float32Array(), probabilities: new Float32Array() };
    const tokens = new BigInt64Array(ATTRIBUTION_CONTEXT);
    const targets = new BigInt64Array(ATTRIBUTION_CONTEXT);
    ids.forEach((id, i) => {
      tokens[i] = BigInt(ids[i - 1] ?? before ?? endToken);
      targets[i] = BigInt(id);
    });
    this.session ??= this.open();
    const { hidden, probability } = await (await this.session).run({
      tokens: new Tensor("int64", tokens, [1, ATTRIBUTION_CONTEXT]),
      targets: new Tensor("int64", targets, [ATTRIBUTION_CONTEXT, 1]),
    });
    return {
      hidden: (hidden!.data as Float32Array).slice(from * width, ids.length * width),
      probabilities: (probability!.data as Float32Array).slice(from, ids.length),
    };
  }

  private open(): Promise<InferenceSession> {
    const graph = buildCodeGraph(this.model.architecture, this.model.weights, ATTRIBUTION_CONTEXT);
    return InferenceSession.create(graph, {
      intraOpNumThreads: 1,
      interOpNumThreads: 1,
      executionMode: "sequential",
    });
  }
}
