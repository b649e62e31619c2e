/**
 * Which processes belong to a state folder: `run/<service>.json` holds the process id and its start time.
 *
 * A process id alone may have been given to another program since; with its start time it names one process for as
 * long as the machine runs.
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";

interface ProcessRecord {
  readonly service: string;
  readonly pid: number;
  readonly startTime: string;
}

/** When the process started, in the system's own terms, or undefined when no such process runs. */
export function processStartTime(pid: number): string | undefined {
  if (process.platform !== "linux") {
    const listed = spawnSync("ps", ["-o", "lstart=", "-p", String(pid)], { encoding: "utf8" });
    return listed.status === 0 ? listed.stdout.trim() : undefined;
  }
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The second field is the program's name in brackets and may hold spaces: fields are counted after it.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const state = fields[0];
    return state === "Z" || state === "X" ? undefined : `${bootId()}:${fields[19]}`;
  } catch {
    return undefined;
  }
}

function bootId(): string {
  return readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
}

/** Writes the record of a started process; the returned function removes it once the process has ended. */
export function recordProcess(stateDir: string, service: string, pid: number): () => void {
  const startTime = processStartTime(pid);
  if (startTime === undefined) return () => {};
  const folder = join(stateDir, "run");
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `${service}.json`);
  const record: ProcessRecord = { service, pid, startTime };
  writeFileSync(path, JSON.stringify(record));
  return () => {
    if (readRecord(path)?.pid === pid) rmSync(path, { force: true });
  };
}

/**
 * Stops what an earlier supervisor left behind when it was killed.
 *
 * @returns the names of the services whose processes were found alive.
 */
export async function stopLeftovers(stateDir: string, graceMs: number): Promise<readonly string[]> {
  const folder = join(stateDir, "run");
  const left = listRecords(folder).filter(isAlive);
  for (const record of left) send(record, "SIGINT");
  const deadline = Date.now() + graceMs;
  while (left.some(isAlive) && Date.now() < deadline) await delay(25);
  for (const record of left.filter(isAlive)) send(record, "SIGKILL");
  while (left.some(isAlive)) await delay(25);
  rmSync(folder, { recursive: true, force: true });
  return left.map((record) => record.service);
}

function isAlive(record: ProcessRecord): boolean {
  return processStartTime(record.pid) === record.startTime;
}

function send(record: ProcessRecord, signal: NodeJS.Signals): void {
  try {
    process.kill(record.pid, signal);
  } catch {
    // It ended between the look and the signal.
  }
}

function listRecords(folder: string): readonly ProcessRecord[] {
  try {
    return readdirSync(folder)
      .map((name) => readRecord(join(folder, name)))
      .filter((record) => record !== undefined);
  } catch {
    return [];
  }
}

function readRecord(path: string): ProcessRecord | undefined {
  try {
    const value: unknown = JSON.parse(readFileSync(path, "utf8"));
    const record = value as Partial<ProcessRecord>;
    if (typeof record.pid !== "number" || typeof record.startTime !== "string") return undefined;
    return { service: String(record.service), pid: record.pid, startTime: record.startTime };
  } catch {
    // A supervisor killed while writing leaves half a record: it names no process.
    return undefined;
  }
}
