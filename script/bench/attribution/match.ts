import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { MatchIndex, MatchShard, matchAnswer, Random } from "@openledger/engine";
import { MATCH_RECORD_END } from "@openledger/sdk";
import { repositoryRoot } from "../../devnet/repositoryRoot.js";
import { plainSuffixArray } from "./plainSuffixArray.js";

const TEXT_BYTES = 20_000_000;
const RECORD_BYTES = 8000;
const ANSWER_BYTES = 2000;
const ANSWERS = 200;
/** Bytes of a part of an answer that stands in the records. */
const QUOTED = 120;
/** Text that is sorted by both. */
const SORTED_BYTES = 8_000_000;

/** Citations of answers among 20 MB of real text: the documents of the installed packages, in the order of their paths. */
export async function matchFigures(report: (line: string) => void): Promise<Record<string, number>> {
  report("reading 20 MB of text");
  const records = await readRecords();
  report("sorting them");
  const index = await MatchIndex.of(records);
  const text = index.shard.text;
  const random = new Random(9);
  const times = Array.from({ length: ANSWERS }, () => {
    const answer = writeAnswer(random, records);
    const started = performance.now();
    matchAnswer([index.shard], answer);
    return performance.now() - started;
  }).sort((a, b) => a - b);
  const bytes = index.bytes.length;

  report("sorting in plain JavaScript");
  const part = text.filter((byte) => byte !== MATCH_RECORD_END).subarray(0, SORTED_BYTES);
  const ownMs = best(() => MatchShard.of([part]));
  const plainMs = best(() => plainSuffixArray(part));
  return {
    match_ms_p50_20mb: times[ANSWERS / 2]!,
    match_ms_p95_20mb: times[Math.floor(ANSWERS * 0.95)]!,
    match_bytes_per_byte: bytes / text.length,
    suffix_array_mb_per_s: SORTED_BYTES / ownMs / 1000,
    peer_plain_js_mb_per_s: SORTED_BYTES / plainMs / 1000,
    suffix_array_vs_js: plainMs / ownMs,
  };
}

/** Half of it quoted, half of it words of the records in an order of its own. */
function writeAnswer(random: Random, records: readonly Uint8Array[]): Uint8Array {
  const any = () => records[random.below(records.length)]!;
  const parts: Uint8Array[] = [];
  let length = 0;
  while (length < ANSWER_BYTES) {
    const record = any();
    const quoted = parts.length % 8 === 0;
    const size = quoted ? QUOTED : 1 + random.below(16);
    const from = random.below(Math.max(1, record.length - size));
    parts.push(record.subarray(from, from + size));
    length += size;
  }
  const answer = Buffer.concat(parts).subarray(0, ANSWER_BYTES);
  // parts may begin and end inside of a character
  return new TextEncoder().encode(new TextDecoder().decode(answer));
}

/** The better of two. */
function best(work: () => unknown): number {
  const times = [0, 1].map(() => {
    const started = performance.now();
    work();
    return performance.now() - started;
  });
  return Math.min(...times);
}

async function readRecords(): Promise<Uint8Array[]> {
  const records: Uint8Array[] = [];
  let length = 0;
  for await (const path of documents(join(repositoryRoot, "node_modules"))) {
    const text = new TextEncoder().encode(await readFile(path, "utf8"));
    for (let from = 0; from < text.length && length < TEXT_BYTES; from += RECORD_BYTES) {
      const record = text.subarray(from, Math.min(from + RECORD_BYTES, from + TEXT_BYTES - length));
      records.push(record);
      length += record.length;
    }
    if (length >= TEXT_BYTES) return records;
  }
  throw new Error(`The installed packages have ${length} bytes of documents, ${TEXT_BYTES} are needed.`);
}

/** Files that people write or read, by path. */
async function* documents(folder: string): AsyncGenerator<string> {
  const entries = await readdir(folder, { withFileTypes: true });
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* documents(path);
    else if (entry.isFile() && /\.(md|d\.ts)$/.test(entry.name)) yield path;
  }
}
