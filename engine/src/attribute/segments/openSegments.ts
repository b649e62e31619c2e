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
    for (const { sha256, records } of entries) {
      const segment = KernelSegment.open(join(path, segmentFile(sha256)), firstRecord);
      segments.push(segment);
      const found = segment.sizes.records;
      if (found !== records) {
        throw new AttributionError(
          "index_mismatch",
          `${join(path, segmentFile(sha256))}: expected ${records} records, found ${found}`,
        );
      }
      firstRecord += records;
    }
    return new SegmentLists(segments);
  } catch (error) {
    for (const segment of segments) segment.close();
    throw error;
  }
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
