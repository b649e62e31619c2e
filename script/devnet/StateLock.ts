/** One supervisor per state folder: a lock file that names the process holding it. */
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DevnetError } from "./DevnetError.js";
import { processStartTime } from "./processRecord.js";

export class StateLockedError extends DevnetError {
  override readonly name = "StateLockedError";

  constructor(stateDir: string, pid: number) {
    super(
      "state_locked",
      `The state folder ${stateDir} is in use by process ${pid}. Stop it (kill ${pid}), or choose another folder with --state.`,
      true,
    );
  }
}

/**
 * Takes the lock; a lock whose process has ended is replaced.
 *
 * @returns a function that gives it back.
 * @throws StateLockedError while a living process holds it.
 */
export function lockState(stateDir: string): () => void {
  mkdirSync(stateDir, { recursive: true });
  const path = join(stateDir, "lock");
  const mine = `${path}.${process.pid}`;
  writeFileSync(mine, JSON.stringify({ pid: process.pid, startTime: processStartTime(process.pid) }));
  try {
    for (let attempt = 0; attempt < 3; attempt += 1) {
      if (link(mine, path)) return () => rmSync(path, { force: true });
      const holder = readHolder(path);
      if (holder !== undefined && processStartTime(holder.pid) === holder.startTime) {
        throw new StateLockedError(stateDir, holder.pid);
      }
      rmSync(path, { force: true });
    }
    throw new StateLockedError(stateDir, readHolder(path)?.pid ?? 0);
  } finally {
    rmSync(mine, { force: true });
  }
}

/** A link appears whole and only where none is: no two processes can both make it. */
function link(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST") return false;
    throw error;
  }
}

function readHolder(path: string): { readonly pid: number; readonly startTime: string } | undefined {
  try {
    const value = JSON.parse(readFileSync(path, "utf8")) as { pid?: unknown; startTime?: unknown };
    return typeof value.pid === "number" && typeof value.startTime === "string"
      ? { pid: value.pid, startTime: value.startTime }
      : undefined;
  } catch {
    return undefined;
  }
}
