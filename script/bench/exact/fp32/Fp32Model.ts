import type { Architecture } from "@openledger/engine";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { Fp32Cache } from "./Fp32Cache.js";

/** What the baseline runs. */
export interface Fp32Source {
  readonly architecture: Architecture;
  /** `[vocabulary, hidden]` */
  readonly embedding: Float32Array;
  /** File of `fp32StepGraph` or `fp32PassGraph`. */
  readonly graph: (form: "step" | "pass") => string;
}

/** A prompt this short is read token by token, so that a process that only generates holds the weights once. */
const SHORT_PROMPT = 16;

/** A decoder in plain fp32 on onnxruntime, of the same use as `ExactModel`. */
export class Fp32Model {
  private readonly sessions = new Map<"step" | "pass", Promise<InferenceSession>>();

  constructor(
    private readonly source: Fp32Source,
    private readonly threads: number,
  ) {}

  newCache(sequences = 1): Fp32Cache {
    return new Fp32Cache(this.source.architecture, sequences);
  }

  /** Reads a prompt into the rows of one sequence. @returns logits after its last token, f32 `[vocabulary]` */
  async prefill(tokens: readonly number[], cache: Fp32Cache, sequence = 0): Promise<Float32Array> {
    if (tokens.length <= SHORT_PROMPT && cache.sequences === 1) {
      let logits = new Float32Array();
      for (const token of tokens) logits = new Float32Array(await this.step([token], cache));
      return logits;
    }
    const length = tokens.length;
    cache.reserve(cache.filled + length);
    const session = await this.session("pass");
    const outputs = await session.run({
      x: this.embedded(tokens, [1, length]),
      last: new Tensor("int32", Int32Array.of(length - 1), [1]),
      total: new Tensor("int32", Int32Array.of(length), [1]),
    });
    cache.append(outputs, sequence, length);
    return outputs.logits!.data as Float32Array;
  }

  /** One token of every sequence. @returns logits f32 `[sequences, vocabulary]` */
  async step(tokens: readonly number[], cache: Fp32Cache): Promise<Float32Array> {
    cache.reserve(cache.filled + 1);
    const session = await this.session("step");
    const outputs = await session.run({ x: this.embedded(tokens, [tokens.length, 1]), ...cache.feeds() });
    cache.append(outputs, 0, 1);
    return outputs.logits!.data as Float32Array;
  }

  async release(): Promise<void> {
    for (const session of this.sessions.values()) await (await session).release();
    this.sessions.clear();
  }

  private embedded(tokens: readonly number[], lead: readonly [number, number]): Tensor {
    const { hidden } = this.source.architecture;
    const table = this.source.embedding;
    const rows = new Float32Array(tokens.length * hidden);
    tokens.forEach((token, i) => {
      rows.set(table.subarray(token * hidden, (token + 1) * hidden), i * hidden);
    });
    return new Tensor("float32", rows, [...lead, hidden]);
  }

  private session(form: "step" | "pass"): Promise<InferenceSession> {
    const known = this.sessions.get(form);
    if (known !== undefined) return known;
    const opening = InferenceSession.create(this.source.graph(form), {
      intraOpNumThreads: this.threads,
      interOpNumThreads: 1,
      executionMode: "sequential",
      graphOptimizationLevel: "all",
    });
    this.sessions.set(form, opening);
    return opening;
  }
}
