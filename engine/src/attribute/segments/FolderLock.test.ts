import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { FolderLock } from "./FolderLock.js";

const home = await mkdtemp(join(tmpdir(), "openledger-lock-"));
afterAll(() => rm(home, { recursive: true, force: true }));

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(home, "folder-"));
});

/** Another process that holds the folder's lock and ends without releasing it when it is killed. */
async function holdElsewhere(): Promise<{ readonly pid: number; kill(): Promise<void> }> {
  const module = new URL("./FolderLock.js", import.meta.url).href;
  const program = `
    const { FolderLock } = await import(${JSON.stringify(module)});
    await FolderLock.acquire(${JSON.stringify(folder)});
    process.stdout.write("held");
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ["--input-type=module", "--eval", program], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  await once(child.stdout, "data");
  return {
    pid: child.pid!,
    kill: async () => {
      const exited = once(child, "exit");
      child.kill("SIGKILL");
      await exited;
    },
  };
}

const lockText = () => readFile(join(folder, "lock"), "utf8");

describe("a folder's lock", () => {
  test("is held by one, and by the next once it is released", async () => {
    const first = await FolderLock.acquire(folder);
    await expect(FolderLock.acquire(folder)).rejects.toMatchObject({
      code: "index_locked",
      retryable: true,
      message: expect.stringContaining(`process ${process.pid} on ${hostname()}`),
    });
    await first.release();
    await first.release();
    expect(await readdir(folder)).toEqual([]);
    await (await FolderLock.acquire(folder)).release();
  });

  test("names the process that holds it, and is taken over once that was killed", async () => {
    const other = await holdElsewhere();
    const refused = FolderLock.acquire(folder);
    await expect(refused).rejects.toThrow(`written by process ${other.pid} on`);
    await expect(refused).rejects.toThrow(`remove ${join(folder, "lock")}`);

    await other.kill();
    const lock = await FolderLock.acquire(folder);
    expect(JSON.parse(await lockText())).toMatchObject({ pid: process.pid });
    expect(await readdir(folder)).toEqual(["lock"]);
    await lock.release();
  });

  test("of a dead process is taken over by one of many", async () => {
    await (await holdElsewhere()).kill();
    // a process that was killed while it took over what another dead one held
    await writeFile(join(folder, "lock.next"), await lockText());

    const asked = await Promise.allSettled(Array.from({ length: 20 }, () => FolderLock.acquire(folder)));
    const held = asked.filter(({ status }) => status === "fulfilled");
    expect(held).toHaveLength(1);
    expect(await readdir(folder)).toEqual(["lock"]);
    for (const one of asked) {
      if (one.status === "rejected") expect(one.reason).toMatchObject({ code: "index_locked" });
      else await one.value.release();
    }
    expect(await readdir(folder)).toEqual([]);
  });

  test("is taken over from a process whose number another has got, and from what a loss of power left", async () => {
    const text = async () => {
      const lock = await FolderLock.acquire(folder);
      const written = await lockText();
      await lock.release();
      return written;
    };
    const own = JSON.parse(await text());
    for (const left of [JSON.stringify({ ...own, start: "1" }), "", "{}", "null", '{"pid":-1}']) {
      await writeFile(join(folder, "lock"), left);
      expect(JSON.parse(await text()), left).toMatchObject({ pid: process.pid });
    }
  });

  test("of another machine is nobody's to take", async () => {
    await writeFile(
      join(folder, "lock"),
      JSON.stringify({ pid: 2 ** 22 + 1, start: null, host: "elsewhere", since: "now" }),
    );
    await expect(FolderLock.acquire(folder)).rejects.toThrow(/process 4194305 on elsewhere/);
  });

  test("that somebody took meanwhile is left to them", async () => {
    const lock = await FolderLock.acquire(folder);
    await rm(join(folder, "lock"));
    const other = await FolderLock.acquire(folder);
    await lock.release();
    await expect(FolderLock.acquire(folder)).rejects.toMatchObject({ code: "index_locked" });
    await other.release();
  });
});
