import { randomUUID } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { contentHash } from "@openledger/sdk";
import type { Hex } from "viem";
import { afterEach, beforeEach, expect, test } from "vitest";
import { FileCache } from "./FileCache.js";

const bytes = new TextEncoder().encode("records");
const hash = contentHash(bytes);
let folder: string;
let asked: Hex[];
let erased: Hex[];
let unasked: Hex | undefined;
let cache: FileCache;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "openledger-files-"));
  asked = [];
  [erased, unasked] = [[], undefined];
  const store = {
    get: async (name: Hex) => {
      asked.push(name);
      return bytes;
    },
    isErased: async (name: Hex) => {
      if (name === unasked) throw new Error("no answer");
      return erased.includes(name);
    },
  };
  cache = new FileCache(join(folder, "files"), store);
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

test("a file is fetched once and then read from disk", async () => {
  const first = await cache.get(hash);
  const second = await cache.get(hash);

  expect([contentHash(first), contentHash(second)]).toEqual([hash, hash]);
  expect(asked).toEqual([hash]);
});

test("a file that the disk altered is fetched again", async () => {
  await cache.get(hash);
  const [name] = readdirSync(join(folder, "files"));
  writeFileSync(join(folder, "files", name!), "recordz");

  const read = await cache.get(hash);

  expect(contentHash(read)).toBe(hash);
  expect(asked).toEqual([hash, hash]);
});

test("what was made of a file is kept beside it, as far as the disk has not altered it", async () => {
  expect(await cache.getMade(hash)).toBeUndefined();
  await cache.keepMade(hash, bytes);
  expect(Buffer.from((await cache.getMade(hash))!)).toEqual(Buffer.from(bytes));

  const path = join(folder, "files", `${hash.slice(2)}.made`);
  const kept = readFileSync(path);
  kept[kept.length - 1]! ^= 1;
  writeFileSync(path, kept);
  expect(await cache.getMade(hash)).toBeUndefined();
});

test("what was made of a file goes with it", async () => {
  const other = contentHash(new TextEncoder().encode("other"));
  await cache.get(hash);
  for (const one of [hash, other]) await cache.keepMade(one, bytes);
  writeFileSync(join(folder, "files", `${other.slice(2)}.made.${randomUUID()}`), "half-written");

  await cache.dropErased(async () => {});
  expect(readdirSync(join(folder, "files")).sort()).toEqual([hash.slice(2), `${hash.slice(2)}.made`]);
  erased = [hash];
  await cache.dropErased(async () => {});
  expect(readdirSync(join(folder, "files"))).toEqual([]);
});

test("what the store has erased is kept no longer, nor what was made of it, and nothing else is dropped", async () => {
  await cache.get(hash);
  const other = "a".repeat(64);
  writeFileSync(join(folder, "files", other), "other");
  writeFileSync(join(folder, "files", "notes.txt"), "none of the cache's");
  writeFileSync(join(folder, "files", `${other}.${randomUUID()}`), "half-written");
  erased = [hash];
  const dropped: Hex[] = [];
  const drop = async (one: Hex) => {
    expect(readdirSync(join(folder, "files"))).toContain(one.slice(2));
    dropped.push(one);
  };

  await cache.dropErased(drop);
  expect(readdirSync(join(folder, "files")).sort()).toEqual([other, "notes.txt"]);
  await cache.dropErased(drop);
  expect(dropped).toEqual([hash]);
});

test("a file that cannot be asked about, or of which something stays, keeps no other", async () => {
  await cache.get(hash);
  const names = ["0".repeat(64), "f".repeat(64)];
  for (const name of names) writeFileSync(join(folder, "files", name), "other");
  erased = [hash, `0x${names[1]}`];
  const drop = async (one: Hex) => {
    if (one === hash) throw new Error("busy");
  };
  unasked = `0x${names[0]}`;

  await expect(cache.dropErased(drop)).rejects.toThrow("no answer");
  expect(readdirSync(join(folder, "files")).sort()).toEqual([names[0], hash.slice(2)].sort());
});

test("a cache that was never used has nothing to drop", async () => {
  await cache.dropErased(() => Promise.reject(new Error("asked")));
});
