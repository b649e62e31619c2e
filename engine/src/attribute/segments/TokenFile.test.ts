import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { TokenFile } from "./TokenFile.js";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "openledger-tokens-"));
});
afterEach(() => rm(folder, { recursive: true }));

/** 0 to 299 of them, up to 32 bits. */
const tokensOf = (record: number) =>
  Array.from({ length: (record * 37) % 300 }, (_, i) => Math.imul(record * 300 + i, 0x9e3779b1) >>> 0);

describe("TokenFile", () => {
  it("has the tokens of every record, in whatever order they were put", () => {
    const count = 2000;
    const file = new TokenFile(join(folder, "made"), count);
    // several times what is written together, and some read while others are pending
    for (let i = 0; i < count; i++) {
      const record = (i * 1237) % count;
      file.put(record, tokensOf(record));
      if (i % 100 === 0) expect(file.at(record).ids).toEqual(tokensOf(record));
    }

    for (let record = 0; record < count; record++) expect(file.at(record).ids).toEqual(tokensOf(record));
    expect(file).toHaveLength(count);
    file.close();
  });

  it("leaves nothing behind, however the process ends", async () => {
    const file = new TokenFile(folder, 1);
    file.put(0, [1, 2, 3]);

    expect(file.at(0).ids).toEqual([1, 2, 3]);
    expect(await readdir(folder)).toEqual([]);
    file.close();
    file.close();
    expect(() => file.at(0)).toThrow("closed");
  });

  it("refuses records that there are not, and those that nobody put", () => {
    const file = new TokenFile(folder, 2);
    file.put(1, []);

    expect(file.at(1).ids).toEqual([]);
    expect(() => file.at(0)).toThrow("the tokens of record 0 were not put yet");
    expect(() => file.at(2)).toThrow("there are 2 records, asked for 2");
    expect(() => file.put(-1, [1])).toThrow("there are 2 records, asked for -1");
    expect(() => file.put(0, new Array(5000).fill(1))).toThrow(expect.objectContaining({ code: "record_too_long" }));
    file.close();
  });
});
