import { answerCodes, attributeAnswer, Bm25, buildIndex, openRuntime } from "@openledger/engine";
import type { Address } from "viem";
import { type Bench, medianMs } from "../bench.js";
import { BASE_DIR, seedRecords } from "../seedRecords.js";
import { ManyRecords, RECORD_TOKENS } from "./manyRecords.js";
import { matchFigures } from "./match.js";
import { scaleFigures } from "./scale.js";

const OUTPUT_TOKENS = 64;

/** Seed of the million records. */
const WORLD_SEED = 7;

/**
 * Building an index and attributing one answer, on one thread, beside a BM25 search over the same records; indexes of up to a
 * million records on disk; citations among 20 MB of text.
 */
export const attribution: Bench = {
  name: "attribution",
  about: "index and attribution times and sizes, up to a million records; citations",
  run: async (report) => {
    const { tokenizer, contributions } = await seedRecords(80);
    const texts = contributions.flatMap(({ records }) => records.map(({ text }) => text));
    const ids = texts.map((text) => tokenizer.encode(text));
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
      const prefillMs = await medianMs(15, () => answerCodes(runtime, query.promptIds, query.outputIds));

      const long = Array.from({ length: index.recordCount }, (_, record) => index.row(record)).filter(
        ({ ids }) => ids.length >= RECORD_TOKENS,
      );
      const scale = await scaleFigures(runtime, new ManyRecords(long, WORLD_SEED), report);
      const match = await matchFigures(report);
      return {
        records: texts.length,
        index_ms_per_record: indexMs / texts.length,
        attribute_ms_per_answer: attributeMs,
        attribute_ms_per_token: attributeMs / query.outputIds.length,
        peer_bm25_ms_per_answer: bm25Ms,
        attribute_over_bm25: attributeMs / bm25Ms,
        prefill_ms_per_token: prefillMs / query.outputIds.length,
        ...scale,
        ...match,
      };
    } finally {
      await runtime.close();
    }
  },
};
