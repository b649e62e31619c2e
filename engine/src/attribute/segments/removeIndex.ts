import { rename, rm } from "node:fs/promises";
import { FolderLock } from "./FolderLock.js";

/**
 * Removes an index's folder, and what is left of one whose removal was cut short. Whoever has the index open reads on until it
 * closes it, for which the system keeps the files.
 *
 * @throws AttributionError `index_locked` while another process writes to it; what keeps the system from removing it
 */
export async function removeIndex(path: string): Promise<void> {
  const going = `${path}.removed`;
  await rm(going, { recursive: true, force: true });
  const lock = await FolderLock.acquire(path).catch(noneWhereAbsent);
  if (lock === undefined) return;
  try {
    // at once: whoever waits for the lock finds no half of a folder
    await rename(path, going);
  } finally {
    await lock.release();
  }
  await rm(going, { recursive: true, force: true });
}

function noneWhereAbsent(error: NodeJS.ErrnoException): undefined {
  if (error.code !== "ENOENT") throw error;
}
