import { Tensor } from "onnxruntime-node";
import { checkSamplingRule, integerLogits, SamplingError, sampleToken } from "../exact/sampling/index.js";
import type { Architecture } from "../model/architecture.js";
import { MASKED } from "../model/decoder.js";
import type { LoadedAdapter } from "./AdapterPool.js";
import { RuntimeError } from "./errors.js";
import type { GenerateRequest } from "./protocol.js";
import type { SessionCache } from "./SessionCache.js";

/** Rows by which the capacity of a cache is rounded up: few shapes, so onnxruntime reuses its memory plans. */
const CACHE_STEP = 64;

/**
 * Generates an answer token by token. The sequence is end-of-text, then the prompt; the answer ends before the next
 * end-of-text or after `maxTokens`.
 *
 * All but the last token go through one prefill pass, the last and every drawn one through the decode graph; the cache
 * is a fixed buffer fed without a copy, rows not yet written masked.
 *
 * @returns how the answer ended
 * @throws RuntimeError `context_exceeded`, `invalid_request`, `model_unusable` where a logit is NaN
 */
export async function* generateTokens(
  sessions: SessionCache,
  architecture: Architecture,
  adapter: LoadedAdapter | undefined,
  request: GenerateRequest,
): AsyncGenerator<number, "stop" | "length"> {
  checkRequest(architecture, request);
  const sequence = [architecture.endToken, ...request.promptIds];
  const cache = new KeyValueCache(architecture, sequence.length + request.maxTokens);
  const known = sequence.length - 1;
  if (known > 0) await prefill(sessions, adapter, sequence.slice(0, known), cache);

  // The end-of-text before the prompt is nobody's word: no penalty falls on it.
  const seen = new Set(request.promptIds);
  let token = sequence[known]!;
  for (let position = 0; position < request.maxTokens; position++) {
    const session = await sessions.decode(adapter);
    const outputs = await session.run({
      tokens: new Tensor("int64", BigInt64Array.of(BigInt(token)), [1, 1]),
      positions: new Tensor("int64", BigInt64Array.of(BigInt(cache.filled)), [1, 1]),
      ...cache.feeds,
      ...adapter?.feeds,
    });
    cache.append((name) => outputs[name]!.data as Float32Array, 1, 1);
    token = sampleToken(integers(outputs.logits!.data as Float32Array), request, position, seen);
    if (token === architecture.endToken) return "stop";
    seen.add(token);
    yield token;
  }
  return "length";
}

function integers(logits: Float32Array): Int32Array {
  try {
    return integerLogits(logits);
  } catch (error) {
    if (error instanceof SamplingError) throw new RuntimeError("model_unusable", error.message, { cause: error });
    throw error;
  }
}

async function prefill(
  sessions: SessionCache,
  adapter: LoadedAdapter | undefined,
  ids: readonly number[],
  cache: KeyValueCache,
): Promise<void> {
  const { session, length } = await sessions.prefill(adapter, ids.length);
  const tokens = new BigInt64Array(length);
  ids.forEach((id, i) => {
    tokens[i] = BigInt(id);
  });
  const feeds = { tokens: new Tensor("int64", tokens, [1, length]), ...adapter?.feeds };
  const names = cache.outputNames;
  const outputs = await session.run(feeds, names);
  cache.append((name) => outputs[name]!.data as Float32Array, ids.length, length);
}

/** Keys and values of one sequence, `[1, K, capacity, D]` a layer, of which the first `filled` rows are written. */
class KeyValueCache {
  readonly feeds: Readonly<Record<string, Tensor>>;
  readonly outputNames: readonly string[];
  filled = 0;
  private readonly capacity: number;
  private readonly mask: Float32Array;
  private readonly layers: { readonly name: string; readonly rows: Float32Array }[] = [];

  constructor(
    private readonly architecture: Architecture,
    positions: number,
  ) {
    const { layers, kvHeads, headDim } = architecture;
    this.capacity = Math.ceil(positions / CACHE_STEP) * CACHE_STEP;
    this.mask = new Float32Array(this.capacity).fill(MASKED);
    const feeds: Record<string, Tensor> = { past_mask: new Tensor("float32", this.mask, [1, 1, 1, this.capacity]) };
    for (let layer = 0; layer < layers; layer++) {
      for (const kind of ["key", "value"]) {
        const rows = new Float32Array(kvHeads * this.capacity * headDim);
        this.layers.push({ name: `${kind}.${layer}`, rows });
        feeds[`past_${kind}.${layer}`] = new Tensor("float32", rows, [1, kvHeads, this.capacity, headDim]);
      }
    }
    this.feeds = feeds;
    this.outputNames = this.layers.map(({ name }) => name);
  }

  /** Takes the first `count` of `length` new rows of each layer, `[1, K, length, D]`. */
  append(rowsOf: (name: string) => Float32Array, count: number, length: number): void {
    const { kvHeads, headDim } = this.architecture;
    for (const { name, rows } of this.layers) {
      const fresh = rowsOf(name);
      for (let head = 0; head < kvHeads; head++) {
        const from = head * length * headDim;
        rows.set(fresh.subarray(from, from + count * headDim), (head * this.capacity + this.filled) * headDim);
      }
    }
    this.mask.fill(0, this.filled, this.filled + count);
    this.filled += count;
  }
}

function checkRequest(architecture: Architecture, request: GenerateRequest): void {
  const { promptIds, maxTokens } = request;
  const invalid = (field: string, wanted: string, found: unknown): RuntimeError =>
    new RuntimeError("invalid_request", `${field} must be ${wanted}, found ${String(found)}`);
  const isCount = (value: number, most: number): boolean => Number.isInteger(value) && value >= 0 && value <= most;

  const foreign = promptIds.find((id) => !isCount(id, architecture.vocabulary - 1));
  if (foreign !== undefined) throw invalid("promptIds", `tokens below ${architecture.vocabulary}`, foreign);
  if (!isCount(maxTokens, 2 ** 20) || maxTokens === 0) throw invalid("maxTokens", "a positive integer", maxTokens);
  try {
    checkSamplingRule(request);
  } catch (error) {
    if (error instanceof SamplingError) throw new RuntimeError("invalid_request", error.message, { cause: error });
    throw error;
  }
  const positions = 1 + promptIds.length + maxTokens;
  if (positions > architecture.maxPositions) {
    throw new RuntimeError(
      "context_exceeded",
      `end-of-text, ${promptIds.length} prompt tokens and ${maxTokens} answer tokens need ${positions} positions, ` +
        `the model has ${architecture.maxPositions}; shorten the prompt or lower max_tokens`,
    );
  }
}
