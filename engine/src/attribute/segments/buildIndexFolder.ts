import type { Runtime } from "../../serve/Runtime.js";
import { NO_CODES, type PositionCodes } from "../codes.js";
import { checkLength } from "../kernel/indexRoot.js";
import { IndexFolder } from "./IndexFolder.js";
import type { RecordTokens } from "./RecordTokens.js";
import type { SegmentIndex } from "./SegmentIndex.js";

/** Records whose codes are lost when the process is killed, at most. */
const WRITTEN_TOGETHER = 128;

export interface BuildIndexFolderOptions {
  readonly onProgress?: (done: number, all: number) => void;
  readonly signal?: AbortSignal;
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
  const folder = await IndexFolder.open(path, { baseWeightsRoot: runtime.weightsRoot, attributionHash: hash });
  try {
    let rows: PositionCodes[] = [];
    for (let record = await folder.keep(records); record < records.length; record++) {
      const { ids } = records.at(record)!;
      // the base says nothing of no tokens
      rows.push(ids.length === 0 ? NO_CODES : await runtime.codes(ids, signal === undefined ? {} : { signal }));
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
    await folder.close();
  }
}
