import { type InferenceSession, Tensor } from "onnxruntime-node";
import type { Device, DeviceFormNames } from "../conformance/Device.js";
import { codesOf } from "../lower/codes/codesOf.js";
import { lowerProgram } from "../lower/lowerProgram.js";
import type { Program, TableName } from "../program/index.js";
import { type RowReader, rowReaderOf } from "../program/RowReader.js";
import { embedTokens } from "./embedTokens.js";
import { batchFeeds } from "./feeds.js";
import { KeyValueCache, type KeyValueRows } from "./KeyValueCache.js";
import { numberTensor } from "./numberTensor.js";
import { openBulkSession } from "./openBulkSession.js";
import { positionsOf } from "./RowBatch.js";
import { tableFeeds } from "./tableFeeds.js";

export interface ExactModelOptions extends DeviceFormNames {
  readonly device: Device;
  readonly isFed?: (table: TableName) => boolean;
  /** Reads weights and the embedding's rows; the program's own tables if absent. */
  readonly rows?: RowReader;
}

/** New positions of some sequences. */
export interface RunRequest {
  /** Tokens of sequence after sequence, equally many of each. */
  readonly tokens: readonly number[];
  /** Sequences: `cache` holds theirs from `first` on; without a cache they begin with these tokens. */
  readonly count: number;
  readonly cache?: { readonly of: KeyValueCache; readonly first: number };
  /** Rows whose logits are wanted, b · length + t. */
  readonly wanted: readonly number[];
  /** From `tablesOf`, where tables are fed. */
  readonly tables?: Fed;
}

export interface RunResult extends KeyValueRows {
  /** f32 `[wanted, vocabulary]`, before they are made integers. */
  readonly logits: Float32Array;
  /** f32 `[wanted, 128]` where the program has codes: their signs are the bits. */
  readonly signs: Float32Array | undefined;
}

/** Tensors by the names of a graph's inputs. */
export type Fed = Readonly<Record<string, Tensor>>;

/** A program on onnxruntime. Blocks the thread during each run: use it in a worker. */
export class ExactModel {
  private readonly rows: RowReader;

  private constructor(
    readonly program: Program,
    private readonly session: InferenceSession,
    private readonly options: ExactModelOptions,
  ) {
    this.rows = options.rows ?? rowReaderOf(program);
  }

  static async open(program: Program, options: ExactModelOptions): Promise<ExactModel> {
    const { device, products, grids, isFed } = options;
    const forms = { codes: codesOf(products), grids };
    const reader = options.rows === undefined ? {} : { reader: options.rows };
    const graph = lowerProgram(program, { forms, ...reader, ...(isFed === undefined ? {} : { isFed }) });
    const session = await openBulkSession(graph, device);
    return new ExactModel(program, session, options);
  }

  newCache(sequences = 1): KeyValueCache {
    return new KeyValueCache(this.program, codesOf(this.options.products).cacheType, sequences);
  }

  /** Feeds of the tables that are not in the graph, from a program that differs in nothing else. */
  tablesOf(program: Program): Fed {
    return tableFeeds(program, this.session.inputNames, codesOf(this.options.products).cacheType);
  }

  /** Computes new positions and leaves the cache as it was: `append` its result, or do not. */
  async run({ tokens, count, cache, wanted, tables = {} }: RunRequest): Promise<RunResult> {
    const { program, session } = this;
    const length = tokens.length / count;
    const { of: past, first } = cache ?? { of: this.newCache(count), first: 0 };
    const filled = past.filled.slice(first, first + count);
    const batch = { count, length, filled, capacity: past.capacity };
    const feeds: Fed = {
      x: numberTensor(program, embedTokens(program, this.rows, tokens, positionsOf(batch)), [
        tokens.length,
        program.shape.hidden,
      ]),
      heads: new Tensor("int64", BigInt64Array.from(wanted, BigInt), [wanted.length]),
      ...batchFeeds(program, batch, wanted.length),
      ...past.feeds(first, count),
      ...tables,
    };
    const outputs = await session.run(Object.fromEntries(session.inputNames.map((name) => [name, feeds[name]!])));
    return {
      logits: outputs.logits!.data as Float32Array,
      signs: outputs.signs?.data as Float32Array | undefined,
      codes: outputs.codes!.data as Int8Array | Uint8Array,
      scales: outputs.scales!.data as Float32Array,
    };
  }

  /** Appends a prompt, or a part of it, to one sequence. @returns logits after its last token, f32 `[vocabulary]` */
  async prefill(
    tokens: readonly number[],
    cache: KeyValueCache,
    sequence = 0,
    tables: Fed = {},
  ): Promise<Float32Array> {
    const at = { of: cache, first: sequence };
    const result = await this.run({ tokens, count: 1, cache: at, wanted: [tokens.length - 1], tables });
    cache.append(result, sequence, 1, tokens.length);
    return result.logits;
  }

  /** Appends one token to every sequence of a cache. @returns logits f32 `[sequences, vocabulary]` */
  async step(tokens: readonly number[], cache: KeyValueCache, tables: Fed = {}): Promise<Float32Array> {
    const count = cache.sequences;
    const wanted = tokens.map((_, row) => row);
    const result = await this.run({ tokens, count, cache: { of: cache, first: 0 }, wanted, tables });
    cache.append(result, 0, count, 1);
    return result.logits;
  }

  async release(): Promise<void> {
    await this.session.release();
  }
}
