import { attributeAnswer, Bm25, buildIndex, openRuntime } from "@openledger/engine";
import type { Address } from "viem";
import { type Bench, medianMs } from "./bench.js";
import { BASE_DIR, seedRecords } from "./seedRecords.js";

const OUTPUT_TOKENS = 64;

/** Building the index and attributing one answer, on one thread, beside a BM25 search over the same records. */
export const attribution: Bench = {
  name: "attribution",
  about: "index and attribution times and sizes, beside BM25",
  run: async (report) => {
    const { tokenizer, contributions } = await seedRecords(80);
    const texts = contributions.flatMap(({ records }) => records.map(({ text }) => text));
    const ids = texts.map((text) => tokenizer.encode(text));
    const tokens = ids.reduce((sum, one) => sum + one.length, 0);
    const runtime = await openRuntime({ modelDir: BASE_DIR, threads: 1 });
    try {
      report(`indexing ${texts.length} records`);
      const started = performance.now();
      const index = await buildIndex(
        runtime,
        ids.map((one) => ({ ids: one })),
      );
      const indexMs = performance.now() - started;

      const contributors = contributions.flatMap(({ records }, i) =>
        records.map((): Address => `0x${(i + 1).toString(16).padStart(40, "f")}`),
      );
      const answer = tokenizer.encode(contributions[2]!.heldOut[0]!.text);
      const query = {
        versions: [{ datanet: 1n, version: 1, index, contributors }],
        promptIds: answer.slice(0, 32),
        outputIds: answer.slice(32, 32 + OUTPUT_TOKENS),
      };
      const bm25 = new Bm25(texts);
      const text = tokenizer.decode(query.outputIds);
      report("attributing");
      const attributeMs = await medianMs(15, () => attributeAnswer(runtime, query));
      const bm25Ms = await medianMs(15, () => bm25.search(text, 10));
      return {
        records: texts.length,
        index_ms_per_record: indexMs / texts.length,
        index_bytes_per_token: index.bytes.length / tokens,
        attribute_ms_per_answer: attributeMs,
        attribute_ms_per_token: attributeMs / query.outputIds.length,
        peer_bm25_ms_per_answer: bm25Ms,
        attribute_over_bm25: attributeMs / bm25Ms,
      };
    } finally {
      await runtime.close();
    }
  },
};
