import type { Runtime } from "../../serve/Runtime.js";
import type { PositionCodes } from "../codes.js";
import { IndexFolder } from "./IndexFolder.js";
import { readRow } from "./readRow.js";

/** Records that are written together: as many rows are in memory, and lost when the process is killed, at most. */
export const WRITTEN_TOGETHER = 128;

/**
 * Puts records behind those of a folder that is not sealed: rows for an index that is built later. What was computed when the signal
 * came is written.
 *
 * @param records Tokens of each, at most 256
 * @throws AttributionError those of `IndexFolder.open` and `append`; RuntimeError `aborted`, or the signal's reason
 */
export async function appendRecords(
  runtime: Pick<Runtime, "codes" | "weightsRoot" | "attribution">,
  records: Iterable<readonly number[]>,
  path: string,
  signal: AbortSignal,
): Promise<void> {
  const { hash } = await runtime.attribution();
  const folder = await IndexFolder.open(path, { baseWeightsRoot: runtime.weightsRoot, attributionHash: hash });
  let rows: PositionCodes[] = [];
  const write = async () => {
    const written = rows;
    rows = [];
    await folder.append(written);
  };
  try {
    try {
      for (const ids of records) {
        signal.throwIfAborted();
        rows.push(await readRow(runtime, ids, signal));
        if (rows.length === WRITTEN_TOGETHER) await write();
      }
    } finally {
      await write();
    }
  } finally {
    await folder.close();
  }
}
