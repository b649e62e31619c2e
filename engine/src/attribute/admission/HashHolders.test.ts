import { tmpdir } from "node:os";
import { expect, it } from "vitest";
import { HashHolders } from "./HashHolders.js";

it("keeps 64 records of a hash and no more, in memory and on disk", () => {
  const holders = new HashHolders(tmpdir(), 17 * 200);
  const add = (record: number, hashes: readonly number[]) => {
    holders.reserve(hashes.length);
    holders.add(record, hashes);
  };
  const first = Array.from({ length: 64 }, (_, record) => record);

  for (let record = 0; record < 10_000; record++) add(record, [7]);
  expect([...holders.of(7)]).toEqual(first);
  expect(holders.bytesOnDisk).toBe(0);

  for (let record = 10_000; record < 20_000; record++) add(record, [7, 2 ** 32 - record]);
  expect([...holders.of(7)]).toEqual(first);
  expect([...holders.of(2 ** 32 - 12_345)]).toEqual([12_345]);
  expect([...holders.of(2 ** 32 - 9_999)]).toEqual([]);
  // of 8 bytes each, but for the few that are still in memory; of what two runs have, only the first 64
  expect(holders.bytesOnDisk).toBeGreaterThan(8 * 9_800);
  expect(holders.bytesOnDisk).toBeLessThan(8 * (10_000 + 8 * 64));
  holders.close();
});
