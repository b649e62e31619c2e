import { describe, expect, it } from "vitest";
import { HolderTable, MAX_HOLDERS } from "./HolderTable.js";

function tableOf(hashes: readonly number[]): HolderTable {
  const table = new HolderTable(2 ** 16);
  for (const [record, hash] of hashes.entries()) {
    table.reserve(1);
    table.add(hash, record);
  }
  return table;
}

const holders = (table: HolderTable, hash: number) => {
  const found = new Uint32Array(MAX_HOLDERS);
  return [...found.subarray(0, table.collect(hash, found, 0))];
};

describe("HolderTable", () => {
  it.each<[string, (i: number) => number]>([
    ["that lie close together", (i) => 0x40000000 + 4 * i],
    ["of the same low bits", (i) => (i << 20) >>> 0],
    ["spread evenly", (i) => (i * 2 ** 20) % 2 ** 32],
  ])("has short chains of hashes %s: who writes texts chooses them", (_, hashOf) => {
    const table = tableOf(Array.from({ length: 4000 }, (_, i) => hashOf(i)));

    // of hashes at random some eight share the fullest bucket
    expect(table.longestChain).toBeLessThan(64);
  });

  it("tells the first 64 of each hash, whatever shares its bucket", () => {
    const hashes = Array.from({ length: 700 }, (_, i) => (i % 7) * 0x10000000);
    const table = tableOf(hashes);

    for (let k = 0; k < 7; k++) {
      const records = hashes.flatMap((hash, record) => (hash === k * 0x10000000 ? [record] : []));
      expect(holders(table, k * 0x10000000)).toEqual(records.slice(0, MAX_HOLDERS));
    }
    expect(holders(table, 1)).toEqual([]);
  });
});
