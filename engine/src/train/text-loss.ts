import type { Adapter } from "../model/adapter.js";
import type { Model } from "../model/model-folder.js";
import { LossSession } from "./loss-session.js";

export interface TextLoss {
  /** Sum over all predicted tokens, in nats. */
  readonly nats: number;
  readonly tokens: number;
}

/**
 * Loss of a model on texts: each begins after the end token and is cut into windows of `length` tokens that start
 * without context, so every token is predicted once.
 *
 * @param texts tokens of each text
 */
export async function textLoss(
  { architecture, weights }: Model,
  texts: readonly (readonly number[])[],
  options: { readonly length: number; readonly threads: number; readonly adapter?: Adapter },
): Promise<TextLoss> {
  const batch = 4;
  const { length, threads, adapter } = options;
  const windows = texts.flatMap((text) => cut([architecture.endToken, ...text], length));
  const trains =
    adapter === undefined ? ({ kind: "weights" } as const) : ({ kind: "adapter", base: weights, ...adapter } as const);
  const graph = { architecture, batch, length, trains, outputs: "loss" } as const;
  const session = await LossSession.create(graph, adapter?.factors ?? weights, threads);
  let nats = 0;
  let tokens = 0;
  for (let start = 0; start < windows.length; start += batch) {
    const step = emptyStep(batch * length);
    for (const [row, ids] of windows.slice(start, start + batch).entries()) {
      for (let i = 0; i + 1 < ids.length; i++) {
        step.tokens[row * length + i] = BigInt(ids[i]!);
        step.targets[row * length + i] = BigInt(ids[i + 1]!);
        step.weights[row * length + i] = 1;
      }
      tokens += ids.length - 1;
    }
    nats += (await session.run(step)).loss;
  }
  await session.close();
  return { nats, tokens };
}

/** Windows of up to `length` + 1 tokens, each starting with the last token of the one before. */
function cut(ids: readonly number[], length: number): number[][] {
  const out: number[][] = [];
  for (let start = 0; start + 1 < ids.length; start += length) out.push(ids.slice(start, start + length + 1));
  return out;
}

function emptyStep(size: number) {
  return {
    tokens: new BigInt64Array(size),
    targets: new BigInt64Array(size),
    weights: new Float32Array(size),
  };
}
