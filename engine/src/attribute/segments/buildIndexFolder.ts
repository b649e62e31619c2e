import type { Runtime } from "../../serve/Runtime.js";
import type { PositionCodes } from "../codes.js";
import { checkLength } from "../kernel/indexRoot.js";
import { WRITTEN_TOGETHER } from "./appendRecords.js";
import { type EarlierIndex, EarlierRows } from "./EarlierRows.js";
import { IndexFolder } from "./IndexFolder.js";
import type { RecordTokens } from "./RecordTokens.js";
import { readRow } from "./readRow.js";
import type { SegmentIndex } from "./SegmentIndex.js";

export interface BuildIndexFolderOptions {
  readonly onProgress?: (done: number, all: number) => void;
  readonly signal?: AbortSignal;
  /** Asked for once, if records are left to be indexed: what they hold of these is taken from them, the base is asked for the rest. */
  readonly earlier?: () => Promise<readonly EarlierIndex[]>;
}

/**
 * As `buildIndex`, into a folder. What is there already of the same records, from the first on, is taken as it is: a build that
 * was cut short goes on, and a version that adds records to one before is built from that one's folder.
 *
 * @throws AttributionError `record_too_long` before any work is done; those of `IndexFolder.open`; RuntimeError `aborted`, or the
 * signal's reason
 */
export async function buildIndexFolder(
  runtime: Pick<Runtime, "codes" | "weightsRoot" | "attribution">,
  records: RecordTokens,
  path: string,
  options: BuildIndexFolderOptions = {},
): Promise<SegmentIndex> {
  const { onProgress, signal } = options;
  for (let record = 0; record < records.length; record++) {
    checkLength(record, records.lengthOf?.(record) ?? records.at(record)!.ids.length);
  }
  const { base, hash } = await runtime.attribution();
  const under = { baseWeightsRoot: runtime.weightsRoot, attributionHash: hash };
  const folder = await IndexFolder.open(path, under);
  const earlier: EarlierRows[] = [];
  try {
    let first = await folder.keep(records);
    for (const found of first < records.length ? ((await options.earlier?.()) ?? []) : []) {
      const rows = await EarlierRows.open(found, under, signal);
      earlier.push(rows);
      first = await folder.takeSegments(rows, records);
    }
    let rows: PositionCodes[] = [];
    for (let record = first; record < records.length; record++) {
      signal?.throwIfAborted();
      rows.push(await rowOf(record));
      if (rows.length === WRITTEN_TOGETHER || record === records.length - 1) {
        await folder.append(rows);
        rows = [];
      }
      onProgress?.(record + 1, records.length);
    }
    signal?.throwIfAborted();
    if (!folder.isSealed) await folder.seal(base.decoys, signal === undefined ? {} : { signal });
    return await folder.index();
  } finally {
    for (const rows of earlier) rows.close();
    await folder.close();
  }

  async function rowOf(record: number): Promise<PositionCodes> {
    const { ids } = records.at(record)!;
    for (const rows of ids.length === 0 ? [] : earlier) {
      const place = rows.placeOf(record);
      const row = place === undefined ? undefined : await rows.row(place, ids);
      if (row !== undefined) return row;
    }
    return readRow(runtime, ids, signal);
  }
}
