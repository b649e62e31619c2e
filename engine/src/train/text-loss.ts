import type { Adapter } from "../model/adapter.js";
import type { Model } from "../model/model-folder.js";
import { type Batch, LossSession } from "./loss-session.js";
import { TrainingError } from "./training-error.js";

export interface TextLoss {
  /** Sum over all predicted tokens, in nats. */
  readonly nats: number;
  readonly tokens: number;
}

export interface TextLossOptions {
  /** Tokens of a window. */
  readonly length: number;
  readonly threads: number;
  readonly adapter?: Adapter;
  /** `[texts]`, the first token of each that counts; 0 where absent. */
  readonly from?: readonly number[];
  /** Asked before every window. */
  readonly isCancelled?: () => boolean;
}

/** Loss of a model on texts together. @param texts tokens of each text @throws TrainingError `cancelled` */
export async function textLoss(
  model: Model,
  texts: readonly (readonly number[])[],
  options: TextLossOptions,
): Promise<TextLoss> {
  const losses = await textLosses(model, texts, options);
  return {
    nats: losses.reduce((sum, { nats }) => sum + nats, 0),
    tokens: losses.reduce((sum, { tokens }) => sum + tokens, 0),
  };
}

/**
 * Loss of a model on each of some texts: each begins after the end token and is cut into windows of `length` tokens that start
 * without context, so every token is predicted once.
 *
 * @param texts tokens of each text; one without tokens has no loss
 * @returns `[texts]`
 * @throws TrainingError `cancelled`
 */
export async function textLosses(
  { architecture, weights }: Model,
  texts: readonly (readonly number[])[],
  { length, threads, adapter, from = [], isCancelled }: TextLossOptions,
): Promise<TextLoss[]> {
  if (texts.length === 0) return [];
  const trains =
    adapter === undefined ? ({ kind: "weights" } as const) : ({ kind: "adapter", base: weights, ...adapter } as const);
  // one window a run: its loss is one number, and a batch of this size is no faster on a processor
  const graph = { architecture, batch: 1, length, trains, outputs: "loss" } as const;
  const session = await LossSession.create(graph, adapter?.factors ?? weights, threads);
  const losses: TextLoss[] = [];
  try {
    for (const [at, text] of texts.entries()) {
      const first = from[at] ?? 0;
      let nats = 0;
      for (const { ids, start } of cut([architecture.endToken, ...text], length)) {
        if (isCancelled?.()) throw new TrainingError("cancelled", `measuring was cancelled at text ${at}`);
        nats += (await session.run(stepOf(ids, length, first - start))).loss;
      }
      losses.push({ nats, tokens: Math.max(0, text.length - first) });
    }
  } finally {
    await session.close();
  }
  return losses;
}

/** Windows of up to `length` + 1 tokens, each starting with the last token of the one before. */
function cut(ids: readonly number[], length: number): { readonly ids: readonly number[]; readonly start: number }[] {
  const out = [];
  for (let start = 0; start + 1 < ids.length; start += length)
    out.push({ ids: ids.slice(start, start + length + 1), start });
  return out;
}

/** Places before `from` and behind the window's end count nothing. */
function stepOf(ids: readonly number[], length: number, from: number): Batch {
  const tokens = new BigInt64Array(length);
  const targets = new BigInt64Array(length);
  const weights = new Float32Array(length);
  for (let i = 0; i + 1 < ids.length; i++) {
    tokens[i] = BigInt(ids[i]!);
    targets[i] = BigInt(ids[i + 1]!);
    weights[i] = i < from ? 0 : 1;
  }
  return { tokens, targets, weights };
}
