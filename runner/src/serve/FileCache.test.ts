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
let cache: FileCache;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "openledger-files-"));
  asked = [];
  const store = {
    get: async (name: Hex) => {
      asked.push(name);
      return bytes;
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
