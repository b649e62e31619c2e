import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { FolderLock } from "./FolderLock.js";
import { removeIndex } from "./removeIndex.js";

let home: string;
let folder: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "openledger-remove-"));
  folder = join(home, "index");
  await mkdir(folder);
  await writeFile(join(folder, "segment"), "codes");
});
afterEach(() => rm(home, { recursive: true, force: true }));

test("a folder is gone once it is removed, and may be removed again", async () => {
  await removeIndex(folder);
  expect(await readdir(home)).toEqual([]);
  await removeIndex(folder);
  expect(await readdir(home)).toEqual([]);
});

test("a folder that another writes to stays", async () => {
  const lock = await FolderLock.acquire(folder);

  await expect(removeIndex(folder)).rejects.toMatchObject({ code: "index_locked" });
  expect((await readdir(folder)).sort()).toEqual(["lock", "segment"]);
  await lock.release();
  await removeIndex(folder);
  expect(await readdir(home)).toEqual([]);
});

test("a removal that was cut short is gone on with", async () => {
  await mkdir(join(home, "index.removed"));
  await writeFile(join(home, "index.removed", "lock"), "");

  await removeIndex(folder);

  expect(await readdir(home)).toEqual([]);
});
