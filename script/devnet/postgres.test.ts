import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { afterEach, beforeEach, expect, test } from "vitest";
import { startPostgres } from "./postgres.js";
import { processStartTime } from "./processRecord.js";

let stateDir: string;

beforeEach(() => {
  stateDir = mkdtempSync(join(tmpdir(), "openledger-postgres-"));
});

afterEach(() => {
  rmSync(stateDir, { recursive: true, force: true });
});

async function query(url: string, text: string): Promise<readonly unknown[]> {
  const client = new pg.Client({ connectionString: url });
  client.on("error", () => {});
  await client.connect();
  try {
    return (await client.query({ text, rowMode: "array" })).rows.flat();
  } finally {
    await client.end();
  }
}

test("keeps committed rows over a kill and a start on another port", async () => {
  const first = await startPostgres({ stateDir });
  const url = await first.createDatabase("books");
  await query(url, "create table entry as select 17::numeric as amount");
  first.process.signal("SIGKILL");
  await first.process.exited;

  const second = await startPostgres({ stateDir });
  try {
    expect(await query(await second.createDatabase("books"), "select amount from entry")).toEqual(["17"]);
    expect(await query(second.url("books"), "show server_encoding")).toEqual(["UTF8"]);
  } finally {
    await second.stop();
  }
  expect(processStartTime(second.process.pid)).toBeUndefined();
});

test.runIf(process.getuid?.() === 0)(
  "run by root below a private folder, it keeps its rows elsewhere, and they go when the state folder has gone",
  async () => {
    const nested = join(stateDir, "private", "state");
    mkdirSync(join(stateDir, "private"), { mode: 0o700 });
    const first = await startPostgres({ stateDir: nested });
    await query(await first.createDatabase("books"), "create table entry as select 17::numeric as amount");
    await first.stop();
    const home = readFileSync(join(nested, "postgres", "home"), "utf8");
    expect(home).toMatch(/^\/var\/lib\/openledger\/[0-9a-f]{16}$/);

    const second = await startPostgres({ stateDir: nested });
    expect(await query(second.url("books"), "select amount from entry")).toEqual(["17"]);
    await second.stop();
    rmSync(nested, { recursive: true });

    const other = await startPostgres({ stateDir: join(stateDir, "private", "other") });
    await other.stop();
    expect(existsSync(home)).toBe(false);
    rmSync(readFileSync(join(stateDir, "private", "other", "postgres", "home"), "utf8"), { recursive: true });
  },
);

test("refuses a wrong password", async () => {
  const server = await startPostgres({ stateDir });
  try {
    await expect(query(`postgresql://openledger:guess@127.0.0.1:${server.port}/postgres`, "select 1")).rejects.toThrow(
      /password authentication failed/,
    );
  } finally {
    await server.stop();
  }
});
