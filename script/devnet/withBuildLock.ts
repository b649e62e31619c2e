import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { repositoryRoot } from "./repositoryRoot.js";
import { lockState, StateLockedError } from "./StateLock.js";

/**
 * Runs a build of files in the repository while no other process runs the same one: two networks that start at once,
 * as tests do, would write the same files. The later one waits and then finds the work done.
 */
export async function withBuildLock(
  name: string,
  signal: AbortSignal | undefined,
  act: () => Promise<void>,
): Promise<void> {
  const unlock = await take(join(repositoryRoot, ".openledger", "locks", name), signal);
  try {
    await act();
  } finally {
    unlock();
  }
}

async function take(folder: string, signal: AbortSignal | undefined): Promise<() => void> {
  while (true) {
    signal?.throwIfAborted();
    try {
      return lockState(folder);
    } catch (error) {
      if (!(error instanceof StateLockedError)) throw error;
      await delay(100, undefined, { ...(signal && { signal }) });
    }
  }
}
