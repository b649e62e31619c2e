import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";
import { freePorts } from "./ports.js";
import { processStartTime } from "./processRecord.js";

const main = fileURLToPath(new URL("./main.js", import.meta.url));
let stateDir: string;
let running: ChildProcess[];

beforeEach(() => {
  stateDir = mkdtempSync(join(tmpdir(), "openledger-main-"));
  running = [];
});

afterEach(async () => {
  for (const child of running.filter(({ exitCode, signalCode }) => exitCode === null && signalCode === null)) {
    child.kill("SIGTERM");
    await once(child, "exit");
  }
  rmSync(stateDir, { recursive: true, force: true });
});

/** Starts the program and resolves with its lines when it says that it is ready. */
async function start(): Promise<{ readonly child: ChildProcess; readonly lines: readonly string[] }> {
  const [postgres, anvil, store] = (await freePorts(3)).map(String) as [string, string, string];
  const child = spawn(process.execPath, [main, "--state", stateDir, "--services", "postgres,anvil,store"], {
    env: { PATH: "/usr/bin:/bin", POSTGRES_PORT: postgres, ANVIL_PORT: anvil, STORE_PORT: store },
    stdio: ["ignore", "pipe", "inherit"],
  });
  running.push(child);
  const lines: string[] = [];
  for await (const line of createInterface({ input: child.stdout as NodeJS.ReadableStream })) {
    lines.push(line);
    if (line.startsWith("Ready.")) return { child, lines };
  }
  throw new Error(`It ended before it was ready:\n${lines.join("\n")}`);
}

function recordedPids(): readonly number[] {
  const folder = join(stateDir, "run");
  return readdirSync(folder).map(
    (name) => (JSON.parse(readFileSync(join(folder, name), "utf8")) as { pid: number }).pid,
  );
}

const alive = (pids: readonly number[]) => pids.filter((pid) => processStartTime(pid) !== undefined);

test.each(["SIGINT", "SIGTERM"] as const)("%s stops all, with code 0 and no process left", async (signal) => {
  const { child, lines } = await start();
  const pids = recordedPids();
  expect(alive(pids)).toHaveLength(3);

  child.kill(signal);
  const [code] = (await once(child, "exit")) as [number | null];

  expect(code).toBe(0);
  expect(alive(pids)).toEqual([]);
  expect(lines.join("\n")).toMatch(/\d+\.\d s {2}PostgreSQL on 127\.0\.0\.1:\d+/);
});

test("what a killed supervisor leaves is stopped by the next start, which takes the lock over", async () => {
  const first = await start();
  const left = recordedPids();
  first.child.kill("SIGKILL");
  await once(first.child, "exit");
  expect(alive(left)).toHaveLength(3);

  const second = await start();

  expect(alive(left)).toEqual([]);
  expect(second.lines.join("\n")).toContain("stopped what an earlier start had left");
  expect(alive(recordedPids())).toHaveLength(3);
});
