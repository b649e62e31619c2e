import { randomUUID } from "node:crypto";
import { link, readFile, rename, rm, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { AttributionError } from "../errors.js";

const LOCK_FILE = "lock";

/** Who holds a lock, as its file says. */
interface Holder {
  readonly pid: number;
  /** When its process began, in the system's own count; a number that another process has got is told by it. */
  readonly start: string | null;
  readonly host: string;
  /** ISO 8601. */
  readonly since: string;
}

/**
 * That one process at a time writes to a folder: a file that names the process. It is there with what it says or not at all, and
 * what a process that ended without its last word held is taken over.
 *
 * Taking over replaces the file of a dead process, for which a lock of the same kind has to be held, `lock.next`: of two that find
 * it dead, one replaces it, and the other finds a living one.
 */
export class FolderLock {
  private constructor(
    private readonly path: string,
    private readonly text: string,
  ) {}

  /** @throws AttributionError `index_locked`, which names the process that holds it */
  static async acquire(folder: string): Promise<FolderLock> {
    const path = join(folder, LOCK_FILE);
    const own = `${path}.${randomUUID()}`;
    const holder = { pid: process.pid, start: await startOf(process.pid), host: hostname(), since: now(), file: own };
    const text = JSON.stringify(holder);
    await writeFile(own, text, { flag: "wx" });
    try {
      await claim(folder, path, own);
      return new FolderLock(path, text);
    } finally {
      await rm(own, { force: true });
    }
  }

  async release(): Promise<void> {
    // whoever was told to removed it by hand, and another process may have taken it since
    if ((await read(this.path)) === this.text) await rm(this.path, { force: true });
  }
}

async function claim(folder: string, path: string, own: string): Promise<void> {
  for (;;) {
    if (await isLinked(own, path)) return;
    const text = await read(path);
    if (text === undefined) continue;
    const holder = parse(text);
    if (holder !== undefined && (await isAlive(holder))) throw locked(folder, path, holder);

    const next = `${path}.next`;
    await claim(folder, next, own);
    if ((await read(path)) === text) return rename(next, path);
    await rm(next);
  }
}

async function isLinked(own: string, path: string): Promise<boolean> {
  try {
    await link(own, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

async function read(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

/** Undefined for what no living process wrote: a loss of power may leave the name alone. */
function parse(text: string): Holder | undefined {
  try {
    const { pid, start, host, since } = JSON.parse(text) as Partial<Holder>;
    if (!Number.isInteger(pid) || pid! < 1) return undefined;
    return { pid: pid!, start: start ?? null, host: `${host}`, since: `${since}` };
  } catch {
    return undefined;
  }
}

/** Whether it may still write; of another machine's process nobody here can tell. */
async function isAlive({ pid, start, host }: Holder): Promise<boolean> {
  if (host !== hostname()) return true;
  try {
    process.kill(pid, 0);
  } catch (error) {
    // a process of somebody else's is one
    if ((error as NodeJS.ErrnoException).code === "ESRCH") return false;
  }
  const found = await startOf(pid);
  return start === null || found === null || start === found;
}

/** Ticks from the system's start to the process's; null where the system does not tell. */
async function startOf(pid: number): Promise<string | null> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => undefined);
  // its name, in brackets, may hold anything; what follows has the start in the twentieth place
  return stat?.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? null;
}

function locked(folder: string, path: string, { pid, host, since }: Holder): AttributionError {
  return new AttributionError(
    "index_locked",
    `${folder} is written by process ${pid} on ${host} since ${since}; wait for it or end it, or, when there is no such ` +
      `process, remove ${path}`,
  );
}

function now(): string {
  return new Date().toISOString();
}
