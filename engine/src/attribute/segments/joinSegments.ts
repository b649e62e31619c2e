import { join } from "node:path";
import type { PositionCodes } from "../codes.js";
import type { SegmentEntry } from "./folderManifest.js";
import { KernelSegment } from "./KernelSegment.js";
import { segmentFile } from "./openSegments.js";
import { segmentBytes } from "./segmentBytes.js";
import { writeNamed } from "./wholeFile.js";

export interface SegmentJoin {
  /** Folder of the segments. */
  readonly path: string;
  /** In the index's order, one behind the other; none where records are only written. */
  readonly segments: readonly SegmentEntry[];
  /** Behind those of the segments; with them at most 2^16. */
  readonly rows: readonly PositionCodes[];
  /** Place of the first of all in the index. */
  readonly firstRecord: number;
}

/**
 * Writes segments and further records as one segment, of which no manifest tells yet. Memory: all of them.
 *
 * @throws AttributionError `index_malformed`, `record_too_long`, `invalid_request`; whatever keeps the system from writing
 */
export async function joinSegments({ path, segments, rows, firstRecord }: SegmentJoin): Promise<SegmentEntry> {
  const joined = [...segments.flatMap((segment) => rowsOf(path, segment)), ...rows];
  return { records: joined.length, sha256: await writeNamed(path, segmentBytes(joined, firstRecord), segmentFile) };
}

function rowsOf(path: string, { sha256 }: SegmentEntry): PositionCodes[] {
  const segment = KernelSegment.open(join(path, segmentFile(sha256)), 0);
  try {
    return segment.rows();
  } finally {
    segment.close();
  }
}
