import type { VersionIndex } from "@openledger/engine";
import { expect, it } from "vitest";
import { type DescribedVersion, describeRecords } from "./describeRecords.js";

it("records of all versions wait for their paths together, not one version after another", async () => {
  const signals = new Set<AbortSignal | undefined>();
  const versionOf = (datanet: bigint): DescribedVersion => ({
    datanet,
    version: 1,
    index: {} as VersionIndex,
    origins: {
      isErased: () => true,
      of: async (_places, signal) => {
        signals.add(signal);
        return new Map();
      },
    },
  });
  const stop = new AbortController();

  await describeRecords([versionOf(1n), versionOf(2n)], [], { decode: () => "" }, stop.signal);
  expect([...signals]).toEqual([stop.signal]);

  signals.clear();
  await describeRecords([versionOf(1n), versionOf(2n)], [], { decode: () => "" });
  expect([...signals]).toEqual([expect.any(AbortSignal)]);
});
