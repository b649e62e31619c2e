import { InferenceSession, Tensor } from "onnxruntime-node";
import { type Adapter, ownFactors, servingFactors } from "./adapter.js";
import type { Architecture } from "./architecture.js";
import { buildDecodeGraph } from "./decode-graph.js";
import { MASKED } from "./decoder.js";
import { factorsOf } from "./loraModules.js";
import type { Model } from "./model-folder.js";
import { buildPrefillGraph } from "./prefill-graph.js";

export interface FloatModelOptions {
  /** Positions that a sequence may have, with what is generated; at most the model's. */
  readonly length: number;
  readonly adapter?: Adapter;
  /** 1 if absent. */
  readonly threads?: number;
}

type Feeds = Readonly<Record<string, Tensor>>;

/** A model in fp32, one sequence at a time: what an import is checked with, and what exact programs are compared to. */
export class FloatModel {
  private constructor(
    private readonly architecture: Architecture,
    private readonly length: number,
    private readonly prefill: InferenceSession,
    private readonly decode: InferenceSession,
    private readonly adapter: Feeds,
  ) {}

  static async open({ architecture, weights }: Model, options: FloatModelOptions): Promise<FloatModel> {
    const { length, adapter, threads = 1 } = options;
    const lora = adapter === undefined ? {} : { lora: { projections: adapter.projections, rank: adapter.rank } };
    const settings = { intraOpNumThreads: threads, interOpNumThreads: 1 };
    const passes = buildPrefillGraph(architecture, weights, { length, outputs: ["logits", "cache"], ...lora });
    const prefill = await InferenceSession.create(passes, settings);
    const steps = buildDecodeGraph(architecture, weights, { positions: length, ...lora });
    const decode = await InferenceSession.create(steps, settings);
    return new FloatModel(architecture, length, prefill, decode, adapterFeeds(adapter, architecture));
  }

  /** Logits of every position by one pass, `[n, vocabulary]`. */
  async logits(ids: readonly number[]): Promise<Float32Array> {
    const { logits } = await this.pass(ids, ["logits"]);
    return (logits!.data as Float32Array).subarray(0, ids.length * this.architecture.vocabulary);
  }

  /** Logits after the last of the tokens, `[vocabulary]`: the first `known` by one pass, the others step by step. */
  async stepLogits(ids: readonly number[], known: number): Promise<Float32Array> {
    const cache = await this.cacheOf(ids.slice(0, known));
    let logits: Float32Array = new Float32Array();
    for (const token of ids.slice(known)) logits = await this.step(token, cache);
    return logits;
  }

  /** The `count` likeliest tokens after a prompt of one token or more, each given the ones before; ties go to the lowest. */
  async greedy(prompt: readonly number[], count: number): Promise<number[]> {
    const known = prompt.length - 1;
    const cache = await this.cacheOf(prompt.slice(0, known));
    const tokens: number[] = [];
    while (tokens.length < count) tokens.push(largest(await this.step(tokens.at(-1) ?? prompt[known]!, cache)));
    return tokens;
  }

  async close(): Promise<void> {
    await this.prefill.release();
    await this.decode.release();
  }

  private async pass(ids: readonly number[], outputs: readonly string[]) {
    const tokens = new BigInt64Array(this.length);
    ids.forEach((id, i) => {
      tokens[i] = BigInt(id);
    });
    return this.prefill.run({ tokens: new Tensor("int64", tokens, [1, this.length]), ...this.adapter }, outputs);
  }

  private async cacheOf(ids: readonly number[]): Promise<Cache> {
    const cache = new Cache(this.architecture, this.length);
    if (ids.length === 0) return cache;
    const outputs = await this.pass(ids, cache.names);
    cache.append((name) => outputs[name]!.data as Float32Array, ids.length, this.length);
    return cache;
  }

  private async step(token: number, cache: Cache): Promise<Float32Array> {
    const outputs = await this.decode.run({
      tokens: new Tensor("int64", BigInt64Array.of(BigInt(token)), [1, 1]),
      positions: new Tensor("int64", BigInt64Array.of(BigInt(cache.filled)), [1, 1]),
      ...cache.feeds,
      ...this.adapter,
    });
    cache.append((name) => outputs[name]!.data as Float32Array, 1, 1);
    return outputs.logits!.data as Float32Array;
  }
}

/** Keys and values of one sequence, `[1, K, capacity, D]` a layer, of which the first `filled` rows are written. */
class Cache {
  readonly feeds: Feeds;
  readonly names: readonly string[];
  filled = 0;
  private readonly mask: Float32Array;
  private readonly rows = new Map<string, Float32Array>();

  constructor(
    private readonly architecture: Architecture,
    private readonly capacity: number,
  ) {
    const { layers, kvHeads, headDim } = architecture;
    this.mask = new Float32Array(capacity).fill(MASKED);
    const feeds: Record<string, Tensor> = { past_mask: new Tensor("float32", this.mask, [1, 1, 1, capacity]) };
    for (let layer = 0; layer < layers; layer++) {
      for (const kind of ["key", "value"]) {
        const rows = new Float32Array(kvHeads * capacity * headDim);
        this.rows.set(`${kind}.${layer}`, rows);
        feeds[`past_${kind}.${layer}`] = new Tensor("float32", rows, [1, kvHeads, capacity, headDim]);
      }
    }
    this.feeds = feeds;
    this.names = [...this.rows.keys()];
  }

  /** Takes the first `count` of `length` new rows of each layer, `[1, K, length, D]`. */
  append(fresh: (name: string) => Float32Array, count: number, length: number): void {
    const { kvHeads, headDim } = this.architecture;
    for (const [name, rows] of this.rows) {
      const source = fresh(name);
      for (let head = 0; head < kvHeads; head++) {
        const from = head * length * headDim;
        rows.set(source.subarray(from, from + count * headDim), (head * this.capacity + this.filled) * headDim);
      }
    }
    this.mask.fill(0, this.filled, this.filled + count);
    this.filled += count;
  }
}

function adapterFeeds(adapter: Adapter | undefined, architecture: Architecture): Feeds {
  if (adapter === undefined) return {};
  const scaled = { ...adapter, factors: servingFactors(adapter) };
  const factors = ownFactors(scaled, architecture);
  return Object.fromEntries(
    factorsOf(architecture, adapter.projections, adapter.rank).map(({ key, shape }) => [
      key,
      new Tensor("float32", factors.get(key)!, shape),
    ]),
  );
}

function largest(values: Float32Array): number {
  let best = 0;
  for (let i = 1; i < values.length; i++) if (values[i]! > values[best]!) best = i;
  return best;
}
