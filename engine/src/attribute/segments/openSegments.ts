import { join } from "node:path";
import { AttributionError } from "../errors.js";
import type { SegmentEntry } from "./folderManifest.js";
import { KernelSegment } from "./KernelSegment.js";
import { SegmentLists } from "./SegmentLists.js";

/**
 * Opens segments of a folder; whoever has them closes them.
 *
 * @throws AttributionError `index_malformed`; `index_mismatch` when one has other records than it is listed with
 */
export function openSegments(path: string, entries: readonly SegmentEntry[]): SegmentLists {
  const segments: KernelSegment[] = [];
  let firstRecord = 0;
  try {
    for (const entry of entries) {
      segments.push(openSegment(path, entry, firstRecord));
      firstRecord += entry.records;
    }
    return new SegmentLists(segments);
  } catch (error) {
    for (const segment of segments) segment.close();
    throw error;
  }
}

/**
 * Opens a segment of a folder; whoever has it closes it.
 *
 * @param firstRecord Place of its first record in the index
 * @throws AttributionError as `openSegments`
 */
export function openSegment(path: string, { sha256, records }: SegmentEntry, firstRecord: number): KernelSegment {
  const file = join(path, segmentFile(sha256));
  const segment = KernelSegment.open(file, firstRecord);
  const found = segment.sizes.records;
  if (found === records) return segment;
  segment.close();
  throw new AttributionError("index_mismatch", `${file}: expected ${records} records, found ${found}`);
}

export function segmentFile(sha256: string): string {
  return `${sha256}.segment`;
}

export function thresholdsFile(sha256: string): string {
  return `${sha256}.thresholds`;
}

export function tombstonesFile(sha256: string): string {
  return `${sha256}.tombstones`;
}
