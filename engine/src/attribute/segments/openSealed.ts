import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { CODE_BITS } from "../codes.js";
import { AttributionError } from "../errors.js";
import { indexRoot } from "../kernel/indexRoot.js";
import { type FolderManifest, MANIFEST_FILE } from "./folderManifest.js";
import { openSegments, thresholdsFile } from "./openSegments.js";
import { SegmentIndex } from "./SegmentIndex.js";
import { SegmentPostings } from "./SegmentPostings.js";

/**
 * The index of a folder whose segments are what their names say; whoever has it closes it.
 *
 * @throws AttributionError `invalid_request` while records are being added; `index_malformed`; `index_mismatch`
 */
export async function openSealed(path: string, manifest: FolderManifest): Promise<SegmentIndex> {
  const { seal } = manifest;
  if (seal === undefined) {
    throw new AttributionError("invalid_request", `${path} is not sealed: records are still being added`);
  }
  const floors = Uint32Array.from(seal.floors);
  const found = indexRoot({ ...manifest, ...seal, floors });
  if (found !== seal.root) {
    throw damaged(join(path, MANIFEST_FILE), `root ${seal.root}, of which the rest gives ${found}`);
  }
  const thresholds = await readThresholds(path, seal.thresholds);
  const lists = openSegments(path, manifest.segments);
  if (thresholds.length !== lists.targets.length) {
    const tokens = lists.targets.length;
    lists.close();
    throw damaged(join(path, thresholdsFile(seal.thresholds)), `${thresholds.length} thresholds of ${tokens} tokens`);
  }
  return new SegmentIndex(new SegmentPostings(lists, thresholds), { ...manifest, ...seal, floors });
}

/** @throws AttributionError `index_mismatch`, `index_malformed` */
export async function readThresholds(path: string, sha256: string): Promise<Int16Array> {
  const file = join(path, thresholdsFile(sha256));
  const bytes = await readFile(file).catch(absent);
  const found = createHash("sha256").update(bytes).digest("hex");
  if (found !== sha256) throw damaged(file, found);
  const thresholds = new Int16Array(new Uint8Array(bytes).buffer);
  const wrong = thresholds.find((threshold) => threshold < 0 || threshold > CODE_BITS - 2);
  if (wrong === undefined) return thresholds;
  throw new AttributionError(
    "index_malformed",
    `${file}: expected thresholds from 0 to ${CODE_BITS - 2}, found ${wrong}`,
  );
}

/** @param found What stands there instead */
export function damaged(path: string, found: string): AttributionError {
  return new AttributionError(
    "index_mismatch",
    `${path} has been changed since it was written: it holds ${found}; remove the folder and build the index again`,
  );
}

function absent(error: NodeJS.ErrnoException): Buffer {
  if (error.code === "ENOENT") return Buffer.of();
  throw error;
}
