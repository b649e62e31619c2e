import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { CODE_BITS } from "../codes.js";
import { AttributionError } from "../errors.js";
import { indexRoot } from "../kernel/indexRoot.js";
import { type FolderManifest, MANIFEST_FILE, type TombstonesEntry } from "./folderManifest.js";
import { openSegments, thresholdsFile, tombstonesFile } from "./openSegments.js";
import { SegmentIndex } from "./SegmentIndex.js";
import { SegmentPostings } from "./SegmentPostings.js";
import { Tombstones } from "./Tombstones.js";
import { sha256OfFile } from "./wholeFile.js";

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
  const erasedRecords = await checkTombstones(path, manifest.tombstones);
  const lists = openSegments(path, manifest.segments);
  if (thresholds.length !== lists.targets.length) {
    const tokens = lists.targets.length;
    lists.close();
    throw damaged(join(path, thresholdsFile(seal.thresholds)), `${thresholds.length} thresholds of ${tokens} tokens`);
  }
  return new SegmentIndex(new SegmentPostings(lists, thresholds), { ...manifest, ...seal, floors, erasedRecords });
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

/**
 * What stands in a folder for erased records; whoever has it closes it. Undefined when none was erased.
 *
 * @throws AttributionError `index_malformed`; `index_mismatch` when it is of another number of records
 */
export function openTombstones(path: string, entry: TombstonesEntry | undefined): Tombstones | undefined {
  if (entry === undefined) return undefined;
  const tombstones = Tombstones.open(join(path, tombstonesFile(entry.sha256)));
  const found = tombstones.recordCount;
  if (found === entry.records) return tombstones;
  tombstones.close();
  throw tombstones.mismatch(`${entry.records} records`, found);
}

/** @returns how many records were erased @throws AttributionError as `openTombstones`; `index_mismatch` for another file */
export async function checkTombstones(path: string, entry: TombstonesEntry | undefined): Promise<number> {
  const tombstones = openTombstones(path, entry);
  if (tombstones === undefined) return 0;
  tombstones.close();
  const file = join(path, tombstonesFile(entry!.sha256));
  const found = await sha256OfFile(file);
  if (found !== entry!.sha256) throw damaged(file, found ?? "nothing");
  return tombstones.recordCount;
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
