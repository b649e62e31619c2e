import { mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { attributeCodes, IndexFolder, type PositionCodes, type Runtime } from "@openledger/engine";
import { type ManyRecords, RECORD_TOKENS } from "./manyRecords.js";

const SIZES = [
  ["1k", 1_000],
  ["32k", 32_000],
  ["1m", 1_000_000],
] as const;
/** Records with an answer each. */
const PLANTED = 40;
/** Records written at a time, a segment of them. */
const BATCH = 2 ** 16;

/**
 * Indexes of a thousand to a million records on disk: how much of an answer goes to the record that shaped it, and how long
 * saying so takes, all but the base's pass over the answer.
 */
export async function scaleFigures(
  runtime: Pick<Runtime, "attribution" | "weightsRoot">,
  world: ManyRecords,
  report: (line: string) => void,
): Promise<Record<string, number>> {
  const { base, hash } = await runtime.attribution();
  const figures: Record<string, number> = {};
  for (const [name, records] of SIZES) {
    const path = await mkdtemp(join(tmpdir(), "openledger-bench-"));
    try {
      const started = performance.now();
      const folder = await IndexFolder.open(path, { baseWeightsRoot: runtime.weightsRoot, attributionHash: hash });
      for (let from = 0; from < records; from += BATCH) {
        report(`${records} records: ${from} written`);
        await folder.append(batch(world, from, Math.min(records, from + BATCH)));
      }
      report(`${records} records: thresholds, floors and root`);
      await folder.seal(base.decoys);
      figures[`build_s_${name}_records`] = (performance.now() - started) / 1000;
      figures.kernel_bytes_per_token = (await bytesIn(path)) / (records * RECORD_TOKENS);

      const found = await ask(folder, world, records);
      await folder.close();
      figures[`right_share_${name}`] = found.rightShare;
      figures[`ms_per_token_${name}_records`] = found.msPerToken;
    } finally {
      await rm(path, { recursive: true, force: true });
    }
  }
  // kilobytes on all systems
  figures.peak_mb_1m_records = process.resourceUsage().maxRSS / 1024;
  return figures;
}

async function bytesIn(path: string): Promise<number> {
  let bytes = 0;
  for (const name of await readdir(path)) bytes += (await stat(join(path, name))).size;
  return bytes;
}

function batch(world: ManyRecords, from: number, to: number): PositionCodes[] {
  return Array.from({ length: to - from }, (_, i) => world.record(from + i));
}

async function ask(
  folder: IndexFolder,
  world: ManyRecords,
  records: number,
): Promise<{ rightShare: number; msPerToken: number }> {
  const index = await folder.index();
  try {
    const contributor = `0x${"0a".repeat(20)}` as const;
    const version = { datanet: 1n, version: 1, index, contributors: new Array(records).fill(contributor) };
    let right = 0;
    let milliseconds = 0;
    // the first answer waits for pages that nothing has read yet
    attributeCodes([version], world.answer(PLANTED));
    for (let planted = 0; planted < PLANTED; planted++) {
      const answer = world.answer(planted);
      const started = performance.now();
      const found = attributeCodes([version], answer);
      milliseconds += performance.now() - started;
      right += found.records.find(({ recordIndex }) => recordIndex === BigInt(planted))?.share ?? 0;
    }
    return { rightShare: right / PLANTED / 2 ** 16, msPerToken: milliseconds / (PLANTED * RECORD_TOKENS) };
  } finally {
    index.close();
  }
}
