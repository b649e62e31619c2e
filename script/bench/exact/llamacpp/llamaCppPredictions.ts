import { rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Model } from "@openledger/engine";
import { writeLlamaGguf } from "../gguf/writeLlamaGguf.js";
import { Predictions } from "../quality/Predictions.js";
import { loadLlamaCpp } from "./loadLlamaCpp.js";

/**
 * What llama.cpp says of windows of tokens, the model in Q8_0: that it agrees with float as far as eight bits do shows that
 * its file holds the same model.
 *
 * @param windows each of the same length; the last token is only predicted
 */
export async function llamaCppPredictions(
  model: Model,
  windows: readonly (readonly number[])[],
  threads: number,
): Promise<Predictions> {
  const { vocabulary } = model.architecture;
  const length = windows[0]!.length - 1;
  const file = join(tmpdir(), `openledger-${process.pid}.gguf`);
  writeLlamaGguf(file, model);
  const { llama, model: loaded } = await loadLlamaCpp(file, threads);
  try {
    // One position more than is read: at its end a context would forget its beginning.
    const settings = { sequences: 1, contextSize: length + 1, batchSize: length, threads, flashAttention: true };
    const sequence = (await loaded.createContext(settings)).getSequence();
    const predictions = new Predictions();
    for (const window of windows) {
      await sequence.clearHistory();
      const generateNext = { token: true, logits: true, options: { temperature: 0 } } as const;
      const outputs = await sequence.controlledEvaluate(
        window.slice(0, length).map((token) => [token, { generateNext }] as const),
      );
      const logits = new Float32Array(length * vocabulary);
      outputs.forEach((output, i) => {
        for (const [token, logit] of output!.next.logits!) logits[i * vocabulary + token] = logit;
      });
      predictions.add(logits, window.slice(1));
    }
    return predictions;
  } finally {
    await llama.dispose();
    rmSync(file);
  }
}
