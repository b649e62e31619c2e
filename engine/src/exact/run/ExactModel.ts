import { InferenceSession, Tensor } from "onnxruntime-node";
import type { GridForm } from "../lower/emitGrid.js";
import { lowerProgram } from "../lower/lowerProgram.js";
import type { Program, TableName } from "../program/index.js";
import { embedTokens } from "./embed.js";
import { passFeeds, stepFeeds } from "./feeds.js";
import { KeyValueCache } from "./KeyValueCache.js";

export interface ExactModelOptions {
  readonly threads: number;
  readonly grids: GridForm;
  readonly isFed?: (table: TableName) => boolean;
}

export interface PassResult {
  /** f32 `[heads, vocabulary]` of the rows that were asked for, before they are made integers. */
  readonly logits: Float32Array;
  /** f32 `[heads, 128]` where the program has codes: their signs are the bits. */
  readonly signs: Float32Array | undefined;
  /** Keys' and values' codes and scales, as `KeyValueCache.appendPass` takes them. */
  readonly codes: Int8Array;
  readonly scales: Float32Array;
}

type Fed = Readonly<Record<string, Tensor>>;

/** A program on onnxruntime. Blocks the thread during each run: use it in a worker. */
export class ExactModel {
  private readonly sessions = new Map<string, Promise<InferenceSession>>();

  constructor(
    readonly program: Program,
    private readonly options: ExactModelOptions,
  ) {}

  newCache(sequences = 1): KeyValueCache {
    return new KeyValueCache(this.program, sequences);
  }

  /**
   * All positions of a sequence at once.
   *
   * @param heads positions whose logits are wanted
   */
  async pass(tokens: readonly number[], heads: readonly number[], adapter: Fed = {}): Promise<PassResult> {
    const positions = tokens.map((_, i) => i);
    const session = await this.session("pass", "none");
    const outputs = await run(session, {
      x: new Tensor("float32", embedTokens(this.program, tokens, positions), [
        tokens.length,
        this.program.shape.hidden,
      ]),
      heads: new Tensor("int64", BigInt64Array.from(heads, BigInt), [heads.length]),
      "head_zero_points.1": new Tensor("uint8", new Uint8Array(heads.length).fill(128), [heads.length]),
      ...passFeeds(this.program, 0, tokens.length),
      ...adapter,
    });
    return {
      logits: outputs.logits!.data as Float32Array,
      signs: outputs.signs?.data as Float32Array | undefined,
      codes: outputs.codes!.data as Int8Array,
      scales: outputs.scales!.data as Float32Array,
    };
  }

  /** Reads a prompt into an empty cache. @returns logits after its last token, f32 `[vocabulary]` */
  async prefill(
    tokens: readonly number[],
    cache: KeyValueCache,
    sequence = 0,
    adapter: Fed = {},
  ): Promise<Float32Array> {
    const { logits, codes, scales } = await this.pass(tokens, [tokens.length - 1], adapter);
    cache.appendPass(sequence, codes, scales, tokens.length, tokens.length);
    return logits;
  }

  /** One token of every sequence of a cache. @returns logits f32 `[sequences, vocabulary]` */
  async step(tokens: readonly number[], cache: KeyValueCache, adapter: Fed = {}): Promise<Float32Array> {
    const position = cache.filled;
    cache.reserve(position + 1);
    const session = await this.session("step", "fed");
    const rows = embedTokens(this.program, tokens, new Array<number>(tokens.length).fill(position));
    const outputs = await run(session, {
      x: new Tensor("float32", rows, [tokens.length, this.program.shape.hidden]),
      ...stepFeeds(this.program, tokens.length, position, cache.capacity),
      ...cache.feeds(),
      ...adapter,
    });
    cache.appendStep(outputs.codes!.data as Uint8Array, outputs.scales!.data as Float32Array);
    return outputs.logits!.data as Float32Array;
  }

  async release(): Promise<void> {
    for (const session of this.sessions.values()) await (await session).release();
    this.sessions.clear();
  }

  private session(form: "pass" | "step", past: "none" | "fed"): Promise<InferenceSession> {
    const key = `${form}.${past}`;
    const known = this.sessions.get(key);
    if (known !== undefined) return known;
    const { threads, grids, isFed } = this.options;
    const graph = lowerProgram(this.program, { form, past, grids, ...(isFed === undefined ? {} : { isFed }) });
    const opening = InferenceSession.create(graph, {
      intraOpNumThreads: threads,
      interOpNumThreads: 1,
      executionMode: "sequential",
      // Every rewriting of the graph may round otherwise: none is allowed.
      graphOptimizationLevel: "disabled",
      extra: { session: { disable_quant_qdq: "1" } },
    });
    this.sessions.set(key, opening);
    return opening;
  }
}

/** Feeds what the graph asks for: which extents need telling depends on the program. */
function run(session: InferenceSession, feeds: Fed): ReturnType<InferenceSession["run"]> {
  return session.run(Object.fromEntries(session.inputNames.map((name) => [name, feeds[name]!])));
}
