import { openRuntime } from "@openledger/engine";
import type { RegisteredAdapter } from "../registered/readRegisteredModel.js";
import type { Query } from "../truth/scores.js";

const ANSWER_TOKENS = 48;
const SAMPLING = { temperatureMilli: 800, topPMilli: 1000, topK: 0 } as const;

/**
 * What the model itself writes after the prompts of some texts, as it is served; the same on every machine.
 *
 * @param options `length`: most tokens of prompt and answer.
 * @throws ModelError, RuntimeError; the signal's reason when it is aborted
 */
export async function generateAnswers(
  model: RegisteredAdapter,
  asked: readonly Query[],
  options: {
    readonly length: number;
    readonly threads: number;
    readonly onProgress?: (done: number, all: number) => void;
    readonly signal?: AbortSignal;
  },
): Promise<Query[]> {
  const { length, threads, onProgress, signal } = options;
  const runtime = await openRuntime({ modelDir: model.modelDir, threads });
  try {
    const adapter = await runtime.loadAdapter({ ...model.adapterFiles, baseWeightsRoot: model.baseWeightsRoot });
    const answers: Query[] = [];
    for (const [i, { ids, from }] of asked.entries()) {
      signal?.throwIfAborted();
      const promptIds = ids.slice(0, from);
      const seed = new Uint8Array(32);
      new DataView(seed.buffer).setUint32(28, i);
      const maxTokens = Math.min(ANSWER_TOKENS, length - from);
      const { tokens } = await runtime.generate({ ...SAMPLING, promptIds, maxTokens, seed, adapter });
      // an answer that ends at once has nothing to attribute
      if (tokens.length > 0) answers.push({ ids: [...promptIds, ...tokens], from });
      onProgress?.(i + 1, asked.length);
    }
    return answers;
  } finally {
    await runtime.close();
  }
}
