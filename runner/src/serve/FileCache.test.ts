import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
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
let cache: FileCache;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "openledger-files-"));
  asked = [];
  erased = [];
  const store = {
    get: async (name: Hex) => {
      asked.push(name);
      return bytes;
    },
    isErased: async (name: Hex) => erased.includes(name),
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

test("what the store has erased is kept no longer, and nothing else is dropped", async () => {
  await cache.get(hash);
  writeFileSync(join(folder, "files", "a".repeat(64)), "other");
  writeFileSync(join(folder, "files", "notes.txt"), "none of the cache's");
  erased = [hash];

  expect(await cache.dropErased()).toEqual([hash]);
  expect(readdirSync(join(folder, "files")).sort()).toEqual(["a".repeat(64), "notes.txt"]);
  expect(await cache.dropErased()).toEqual([]);
});

test("a cache that was never used has nothing to drop", async () => {
  expect(await cache.dropErased()).toEqual([]);
});
