import { mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import { AttributionError } from "../errors.js";
import { FolderLock } from "./FolderLock.js";
import { encodeManifest, type FolderManifest, MANIFEST_FILE, readManifest, type Seal } from "./folderManifest.js";
import { checkTombstones, openSealed, readThresholds } from "./openSealed.js";
import { runIndexTask } from "./runIndexTask.js";
import type { SegmentIndex } from "./SegmentIndex.js";
import { isIndexFile, removeUnlisted } from "./unlisted.js";
import { writeWhole } from "./wholeFile.js";

/**
 * Makes of a sealed index another folder in which records have no positions any more, and the same root: what can be computed no
 * longer stands there by its hash, see `Tombstones`. The records that are left, and every block of postings that lost none, open
 * against the root as before. Whoever has the index that is returned closes it.
 *
 * WHAT IS GONE. Tokens, surprises and codes of the erased records; tokens that no other record has, with their thresholds. The
 * source keeps them: whoever erases removes it, and what was published of it, himself.
 *
 * WHAT STAYS. That there was a record. Its leaf's hash, by which a guess of its whole text can be told to be right: the root was made
 * of it. Of a token that other records have too, which of its blocks of 64 postings lost some, and so that an erased record had
 * it, and about how often, in no order.
 *
 * WHAT IS PROVEN. Both roots are recomputed of what is left before the folder counts as one, as they are by whoever fetches it. θ of
 * a token whose blocks all lost a posting is in no leaf that can still be computed, and taken as it is. Nothing is attributed by
 * what is left: nobody would recompute it.
 *
 * A process that is killed leaves no index in `target`, and the same call, or another, begins anew there. Memory: a segment's records,
 * 36 bytes an erased record and 44 a block that lost a posting.
 *
 * @param path Folder of a sealed index, from which records may have been erased before
 * @param records Places in the index; those erased before stay so. All may be
 * @param target Another folder, empty or none
 * @throws AttributionError `invalid_request` for no records, one that the index has not, an index that is not sealed, a target in
 * which something is; `index_locked`; `index_mismatch`, `index_malformed` when the source is not what was sealed; `index_failed`;
 * the signal's reason
 */
export async function tombstoneIndex(
  path: string,
  records: Iterable<number>,
  target: string,
  options: { readonly signal?: AbortSignal } = {},
): Promise<SegmentIndex> {
  const manifest = await readManifest(path);
  if (manifest?.seal === undefined) {
    throw new AttributionError("invalid_request", `${path} holds no sealed index; seal it before records are erased`);
  }
  const erased = new Set(records);
  checkRecords(path, manifest, erased);
  const thresholds = await readThresholds(path, manifest.seal.thresholds);
  await checkTombstones(path, manifest.tombstones);

  await mkdir(target, { recursive: true });
  const lock = await FolderLock.acquire(target);
  try {
    await checkEmpty(target);
    try {
      const { segments, tombstones } = manifest;
      const erasure = { path, segments, thresholds, tombstones, records: erased, target };
      const rest = await runIndexTask("erasure", erasure, options.signal);
      checkRoots(path, manifest.seal, rest);
      const seal = { ...manifest.seal, thresholds: rest.thresholds };
      const made = { ...manifest, segments: rest.segments, tombstones: rest.tombstones, seal };
      // from here on it is an index
      await writeWhole(join(target, MANIFEST_FILE), [Buffer.from(encodeManifest(made))]);
      return await openSealed(target, made);
    } catch (error) {
      if ((await readManifest(target)) === undefined) await removeUnlisted(target, undefined);
      throw error;
    }
  } finally {
    await lock.release();
  }
}

function checkRecords(path: string, { segments }: FolderManifest, erased: ReadonlySet<number>): void {
  const count = segments.reduce((sum, { records }) => sum + records, 0);
  if (erased.size === 0) throw new AttributionError("invalid_request", `${path}: asked to erase no records`);
  for (const record of erased) {
    if (Number.isInteger(record) && record >= 0 && record < count) continue;
    throw new AttributionError("invalid_request", `${path} has ${count} records, asked to erase ${record}`);
  }
}

/** Removes what a process that was killed left: it may hold records that are to be erased now. */
async function checkEmpty(target: string): Promise<void> {
  const isLock = (name: string) => /^lock(\.|$)/.test(name);
  const other = (await readdir(target)).find((name) => !isIndexFile(name) && !isLock(name));
  if (other !== undefined) {
    throw new AttributionError("invalid_request", `${target} holds ${other}; erase into a folder that is empty`);
  }
  await removeUnlisted(target, undefined);
}

function checkRoots(path: string, seal: Seal, found: Pick<Seal, "recordsRoot" | "postingsRoot">): void {
  for (const name of ["recordsRoot", "postingsRoot"] as const) {
    if (found[name] === seal[name]) continue;
    throw new AttributionError(
      "index_mismatch",
      `${path} is sealed with ${name} ${seal[name]}, without the erased records it gives ${found[name]}; nothing was erased`,
    );
  }
}
