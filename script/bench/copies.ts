import { CopySearch, Random } from "@openledger/engine";
import type { Bench } from "./bench.js";
import { seedRecords } from "./seedRecords.js";

const RECORDS = 1_000_000;
const RECORD_BYTES = 250;
/** Texts that are looked for: as many copies with one word in ten changed as texts of their own. */
const LOOKED_FOR = 100_000;
const SEED = 11;

/** The search for copies among a million records: words as real texts have them, in random order, so that no two are alike. */
export const copies: Bench = {
  name: "copies",
  about: "adding a million records of 250 bytes to the search for copies, and looking for copies among them",
  run: async (report) => {
    const { contributions } = await seedRecords(80);
    const words = contributions.flatMap(({ records }) => records.flatMap(({ text }) => text.split(/\s+/)));
    const world = new Writer(words);
    const search = new CopySearch();
    try {
      const added = performance.now();
      for (let number = 0; number < RECORDS; number++) {
        if (number % 100_000 === 0) report(`${number} records added`);
        search.add(world.record(number));
      }
      const addSeconds = (performance.now() - added) / 1000;

      let [right, wrong] = [0, 0];
      const looked = performance.now();
      for (let i = 0; i < LOOKED_FOR; i += 2) {
        if (i % 20_000 === 0) report(`${i} of ${LOOKED_FOR} looked for`);
        const of = (i * 7919) % RECORDS;
        if (search.find(world.edited(of))?.record === of) right++;
        if (search.find(world.record(RECORDS + i)) !== undefined) wrong++;
      }
      const findSeconds = (performance.now() - looked) / 1000;
      return {
        records: RECORDS,
        added_per_s: RECORDS / addSeconds,
        looked_for_per_s: LOOKED_FOR / findSeconds,
        copies_found: right / (LOOKED_FOR / 2),
        others_found: wrong / (LOOKED_FOR / 2),
        disk_bytes_per_record: search.bytesOnDisk / RECORDS,
        // kilobytes on all systems
        peak_mb_1m_records: process.resourceUsage().maxRSS / 1024,
      };
    } finally {
      search.close();
    }
  },
};

/** Records that are functions of their number. */
class Writer {
  readonly #encoder = new TextEncoder();

  constructor(private readonly words: readonly string[]) {}

  record(number: number): Uint8Array {
    return this.#encoder.encode(this.#words(number).join(" ")).slice(0, RECORD_BYTES);
  }

  /** The same, with one word in ten changed. */
  edited(number: number): Uint8Array {
    const words = this.#words(number).map((word, at) => (at % 10 === 9 ? `${word}s` : word));
    return this.#encoder.encode(words.join(" ")).slice(0, RECORD_BYTES);
  }

  #words(number: number): string[] {
    const random = new Random(SEED + number);
    const words: string[] = [];
    for (let length = 0; length < RECORD_BYTES; length += words.at(-1)!.length + 1) {
      words.push(this.words[random.below(this.words.length)]!);
    }
    return words;
  }
}
