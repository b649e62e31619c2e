import { mkdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import type { IndexFile } from "@openledger/sdk";
import { AttributionError } from "../errors.js";
import type { Hex } from "../hex.js";
import { indexRoot } from "../kernel/indexRoot.js";
import { FolderLock } from "./FolderLock.js";
import { type FileSource, fetchFile, unfinishedOf } from "./fetchFile.js";
import { encodeManifest, type FolderManifest, MANIFEST_FILE, type Seal, type SegmentEntry } from "./folderManifest.js";
import { openSealed, readThresholds } from "./openSealed.js";
import { segmentFile, thresholdsFile, tombstonesFile } from "./openSegments.js";
import { runIndexTask } from "./runIndexTask.js";
import type { SegmentIndex } from "./SegmentIndex.js";
import { writeWhole } from "./wholeFile.js";

/** Says why what an index file lists is not the index that it claims: it never will be. */
const REFUSAL_FILE = "refused.txt";

/** The root that an index file claims: to be compared with the chain's before anything is fetched. */
export function indexFileRoot(file: IndexFile): Hex {
  return indexRoot({ ...file, floors: Uint32Array.from(file.floors) });
}

/** Bytes of all that an index file lists. */
export function indexFileBytes({ segments, thresholds, tombstones }: IndexFile): number {
  const files = [thresholds, ...segments, ...(tombstones === undefined ? [] : [tombstones])];
  return files.reduce((sum, { byteLength }) => sum + byteLength, 0);
}

/**
 * Fetches the index that an index file lists into a folder of its own, and opens it; whoever has it closes it. A fetch that was
 * cut short goes on. Both roots are recomputed once, in another thread; thresholds and floors are taken as committed, to check
 * them an index is built from its records. Of what was checked before, only the files' SHA-256 is looked at again. What is
 * not what it claims is removed, and remembered: nothing of it is fetched a second time.
 *
 * Memory: a part while it is fetched, a segment's records while roots are recomputed.
 *
 * @throws AttributionError `index_mismatch`, `index_malformed` with the file or root that is false; `index_locked` while another
 * process fetches it; `index_failed`; what `source` throws; what keeps the system from writing; the signal's reason
 */
export async function fetchIndex(
  path: string,
  file: IndexFile,
  source: FileSource,
  options: { readonly signal?: AbortSignal } = {},
): Promise<SegmentIndex> {
  const { signal } = options;
  await mkdir(path, { recursive: true });
  const lock = await FolderLock.acquire(path);
  try {
    const refusal = await textOf(join(path, REFUSAL_FILE));
    if (refusal !== undefined) throw new AttributionError("index_mismatch", refusal);
    return await fetchInto(path, file, source, signal);
  } finally {
    await lock.release();
  }
}

async function fetchInto(
  path: string,
  file: IndexFile,
  source: FileSource,
  signal: AbortSignal | undefined,
): Promise<SegmentIndex> {
  const manifest = manifestOf(file);
  const thresholds = manifest.seal.thresholds;
  const listed = [
    ...file.segments.map((segment, i) => ({ name: segmentFile(manifest.segments[i]!.sha256), file: segment })),
    { name: thresholdsFile(thresholds), file: file.thresholds },
    ...(file.tombstones === undefined
      ? []
      : [{ name: tombstonesFile(manifest.tombstones!.sha256), file: file.tombstones }]),
  ];
  const manifestText = encodeManifest(manifest);
  try {
    for (const one of listed) await fetchFile(join(path, one.name), one.file, source, signal);
    if ((await textOf(join(path, MANIFEST_FILE))) !== manifestText) {
      await checkRoots(path, manifest, signal);
      // its being there says that the roots are right
      await writeWhole(join(path, MANIFEST_FILE), [Buffer.from(manifestText)]);
    }
    return await openSealed(path, manifest);
  } catch (error) {
    if (!isFalse(error)) throw error;
    const reason = `${error.message}; remove ${path} to fetch the index again`;
    await writeWhole(join(path, REFUSAL_FILE), [Buffer.from(reason)]);
    for (const { name } of listed) {
      for (const left of [join(path, name), unfinishedOf(join(path, name))]) await rm(left, { force: true });
    }
    throw new AttributionError(error.code, reason, { cause: error });
  }
}

async function checkRoots(
  path: string,
  { segments, tombstones, seal }: FolderManifest & { readonly seal: Seal },
  signal: AbortSignal | undefined,
): Promise<void> {
  const thresholds = await readThresholds(path, seal.thresholds);
  const found = await runIndexTask("roots", { path, segments, terms: { thresholds, tombstones } }, signal);
  for (const name of ["recordsRoot", "postingsRoot"] as const) {
    if (found[name] === seal[name]) continue;
    throw new AttributionError(
      "index_mismatch",
      `${path}: the index file claims ${name} ${seal[name]}, its segments give ${found[name]}`,
    );
  }
}

/** As a folder lists it that was built here. */
function manifestOf(file: IndexFile): FolderManifest & { readonly seal: Seal } {
  const { baseWeightsRoot, attributionHash, recordsRoot, postingsRoot, floors, tombstones } = file;
  const root = indexFileRoot(file);
  return {
    baseWeightsRoot,
    attributionHash,
    segments: file.segments.map(entryOf),
    ...(tombstones === undefined ? {} : { tombstones: entryOf(tombstones) }),
    seal: { recordsRoot, postingsRoot, root, floors, thresholds: file.thresholds.sha256.slice(2) },
  };
}

function entryOf({ records, sha256 }: { readonly records: number; readonly sha256: Hex }): SegmentEntry {
  return { records, sha256: sha256.slice(2) };
}

function isFalse(error: unknown): error is AttributionError {
  return error instanceof AttributionError && (error.code === "index_mismatch" || error.code === "index_malformed");
}

async function textOf(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}
