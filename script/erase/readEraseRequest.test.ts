import type { ChainReader } from "@openledger/sdk";
import { type Hex, zeroAddress } from "viem";
import { expect, it } from "vitest";
import { readEraseRequest } from "./readEraseRequest.js";

const hash = (byte: number): Hex => `0x${byte.toString(16).padStart(2, "0").repeat(32)}`;
const committed = (blockNumber: bigint, logIndex: number, datanet: bigint, version: number) => ({
  blockNumber,
  logIndex,
  args: { datanet, version, base: 1n, root: hash(version), dataHash: hash(logIndex) },
});

/** A chain on which Datanet 3 has two versions, of one and two contributions. */
function chainOf(indexes: readonly ReturnType<typeof committed>[]) {
  const asked: string[] = [];
  const args = (contribution: bigint) => ({ contribution, datanet: 3n, position: contribution - 1n, recordCount: 2 });
  const revoked = { contribution: 1n, index: 1, revocationCountAfter: 1n };
  const events: Record<string, readonly object[]> = {
    IndexCommitted: indexes,
    ContributionCommitted: [{ args: args(1n) }, { args: args(2n) }],
    ContributionAccepted: [{ args: args(1n) }, { args: args(2n) }],
    ContributionRevoked: [],
    RecordRevoked: [{ args: revoked }],
  };
  const publicClient = {
    getContractEvents: async ({ eventName, fromBlock }: { eventName: string; fromBlock: bigint }) => {
      asked.push(`${eventName} from ${fromBlock}`);
      return [...events[eventName]!];
    },
    readContract: async ({ functionName, args }: { functionName: string; args: readonly unknown[] }) => {
      if (functionName === "datanetOf") return { versionCount: 2 };
      return args[1] === 1
        ? { contributionCount: 1n, revocationCount: 0n }
        : { contributionCount: 2n, revocationCount: 1n };
    },
  };
  const addresses = { datanetRegistry: zeroAddress, contributionRegistry: zeroAddress };
  const reader = { deployment: { addresses, startBlock: 7 }, publicClient } as unknown as ChainReader;
  return { reader, asked };
}

const places = {
  inVersion: async (contributions: readonly object[], revocations: readonly object[]) => ({
    recordCount: contributions.length,
    erased: [revocations.length],
  }),
};

it("reads all indexes of the deployment in the chain's order, and the Datanet's contributions once", async () => {
  const { reader, asked } = chainOf([
    committed(9n, 2, 3n, 2),
    committed(9n, 1, 4n, 1),
    committed(10n, 0, 5n, 1),
    committed(8n, 5, 3n, 1),
  ]);

  const { commitments, versions } = await readEraseRequest(reader, places, 3n);

  expect(commitments.map(({ datanet, version }) => [datanet, version])).toEqual([
    [3n, 1],
    [4n, 1],
    [3n, 2],
    [5n, 1],
  ]);
  expect(commitments[1]).toEqual({ datanet: 4n, version: 1, base: 1n, root: hash(1), dataHash: hash(1) });
  expect([...versions]).toEqual([
    [1, { recordCount: 1, erased: [0] }],
    [2, { recordCount: 2, erased: [1] }],
  ]);
  expect(asked).toHaveLength(new Set(asked).size);
  expect(asked).toContain("IndexCommitted from 7");
});

it("asks nothing of a Datanet without indexes", async () => {
  const { reader, asked } = chainOf([committed(9n, 1, 4n, 1)]);
  expect((await readEraseRequest(reader, places, 3n)).versions.size).toBe(0);
  expect(asked).toEqual(["IndexCommitted from 7"]);
});
