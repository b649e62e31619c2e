import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { describeError } from "../Log.js";
import { loadAccount } from "./loadAccount.js";

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "key-"));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

it.each([
  ["without quotes", (key: string) => `{"privateKey": 0x${key}}`],
  ["cut short", (key: string) => `{"privateKey": "0x${key}`],
  ["with a stray letter", (key: string) => `{"privateKey": x${key}"}`],
])("says nothing of a key that was written %s", (_, written) => {
  const file = join(folder, "key.json");
  writeFileSync(file, written("5eed".repeat(16)));

  let found: unknown;
  try {
    loadAccount({ file, passwordFile: undefined }, 31_337);
  } catch (error) {
    found = error;
  }

  expect(describeError(found)).toContain("is neither JSON nor a hexadecimal key");
  expect(`${describeError(found)} ${(found as Error).stack}`).not.toContain("5eed");
});
