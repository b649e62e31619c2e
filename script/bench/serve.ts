import { openRuntime, trainAdapter } from "@openledger/engine";
import { type Bench, medianMs } from "./bench.js";
import { BASE_DIR, seedRecords } from "./seedRecords.js";

const TOKENS = 64;

/** Tokens a second of the shipped base alone and with an adapter, on one thread, one request at a time. */
export const serve: Bench = {
  name: "serve",
  about: "answer tokens per second, base and adapter",
  run: async (report) => {
    const { tokenizer, contributions } = await seedRecords(8);
    report("training a small adapter");
    const { files } = await trainAdapter({
      modelDir: BASE_DIR,
      records: contributions.flatMap(({ records }) => records),
      heldOut: contributions.flatMap(({ heldOut }) => heldOut),
      hyperparameters: { epochs: 1 },
      seed: 1,
    });
    const runtime = await openRuntime({ modelDir: BASE_DIR, threads: 1 });
    try {
      const promptIds = tokenizer.encode(contributions[0]!.heldOut[0]!.text).slice(0, 64);
      const request = {
        promptIds,
        maxTokens: TOKENS,
        temperatureMilli: 0,
        topPMilli: 1000,
        topK: 0,
        seed: new Uint8Array(32),
      };
      const adapter = await runtime.loadAdapter({ ...files, baseWeightsRoot: runtime.weightsRoot });
      report("generating");
      let produced = 0;
      const timed = async (work: () => Promise<{ readonly tokens: readonly number[] }>): Promise<number> => {
        const ms = await medianMs(9, async () => {
          produced = (await work()).tokens.length;
        });
        return (1000 * produced) / ms;
      };
      const base = await timed(() => runtime.generate(request));
      const adapted = await timed(() => runtime.generate({ ...request, adapter }));
      return {
        base_tokens_per_second: base,
        adapter_tokens_per_second: adapted,
        adapter_over_base: adapted / base,
      };
    } finally {
      await runtime.close();
    }
  },
};
