import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { FolderManifest } from "./folderManifest.js";
import { segmentFile, thresholdsFile, tombstonesFile } from "./openSegments.js";

/** Whether a file of an index's folder is named by its contents, or was going to be. */
export function isIndexFile(name: string): boolean {
  return /^[0-9a-f-]+\.(segment|thresholds|tombstones|partial)$/.test(name);
}

/** Removes the files of an index that no manifest lists, left by a process that was killed. */
export async function removeUnlisted(path: string, manifest: FolderManifest | undefined): Promise<void> {
  const { segments = [], seal, tombstones } = manifest ?? {};
  const listed = new Set([
    ...segments.map(({ sha256 }) => segmentFile(sha256)),
    ...(seal === undefined ? [] : [thresholdsFile(seal.thresholds)]),
    ...(tombstones === undefined ? [] : [tombstonesFile(tombstones.sha256)]),
  ]);
  for (const name of await readdir(path)) {
    if (isIndexFile(name) && !listed.has(name)) await rm(join(path, name), { force: true });
  }
}
