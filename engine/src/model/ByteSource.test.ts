import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { open } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { openFile } from "./ByteSource.js";

const BYTES = Uint8Array.from({ length: 23 }, (_, i) => i);

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "bytes-"));
  writeFileSync(join(dir, "file"), BYTES);
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(dir, { recursive: true });
});

test.each([1, 7, 20, 21, 2 ** 30])("a range is read in pieces of at most %d bytes", async (piece) => {
  const handle = await open(join(dir, "file"));
  const read = vi.spyOn(Object.getPrototypeOf(handle) as typeof handle, "read");
  await handle.close();
  const source = await openFile(join(dir, "file"), piece);
  const target = new Uint8Array(20);

  await source.read(target, 2);

  expect(target).toEqual(BYTES.subarray(2, 22));
  const lengths = read.mock.calls.map((call) => (call as unknown as number[])[2]!);
  expect(lengths).toHaveLength(Math.ceil(20 / piece));
  expect(Math.max(...lengths)).toBe(Math.min(20, piece));
  await source.close();
});
