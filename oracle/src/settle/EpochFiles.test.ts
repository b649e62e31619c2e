import {
  type Credit,
  contentHash,
  creditTree,
  type EpochFile,
  encodeEpochFile,
  type Payout,
  payoutClaim,
  payoutTree,
} from "@openledger/sdk";
import { type Address, pad, toHex } from "viem";
import { beforeEach, expect, it } from "vitest";
import type { EpochProposal } from "../store/ChainFacts.js";
import { EpochFiles, type EpochFilesDeps } from "./EpochFiles.js";

const stream = 1n;
const accounts = Array.from({ length: 2000 }, (_, at) => pad(toHex(at + 1), { size: 20 }) as Address);
const credits: Credit[] = accounts.map((contributor) => ({
  contributor,
  batch: 1n,
  receiptIndex: 0,
  amount: 5n,
  running: 5n,
}));
const payouts: Payout[] = accounts.map((account, at) => ({ account, cumulative: 5n, runningSum: 5n * BigInt(at + 1) }));
const file: EpochFile = { epoch: 1n, firstBatch: 1n, lastBatch: 1n, stream, total: 10_000n, credits, payouts };
const bytes = encodeEpochFile(file);
const proposal = {
  epoch: 1n,
  dataHash: contentHash(bytes),
  creditsRoot: creditTree(credits).root,
  payoutsRoot: payoutTree(stream, payouts).root,
} as EpochProposal;

let reads: number;
let files: EpochFiles;

beforeEach(() => {
  reads = 0;
  files = new EpochFiles({
    epochs: {
      file: async () => {
        reads += 1;
        return bytes;
      },
      keepFile: async () => proposal.dataHash,
    },
    clock: { now: () => new Date(0) },
    stream,
  } as unknown as EpochFilesDeps);
});

const posted = (asked: EpochProposal) => files.posted(asked, new AbortController().signal);

it("checks lists once, however often somebody asks for them", async () => {
  const first = await posted(proposal);
  const before = performance.now();
  payoutClaim(first, accounts[0]!);
  const once = performance.now() - before;

  const start = performance.now();
  for (const account of accounts.slice(0, 50)) payoutClaim(await posted(proposal), account);

  expect(reads).toBe(1);
  // Fifty trees would take fifty times as long as the first.
  expect(performance.now() - start).toBeLessThan(Math.max(10 * once, 50));
});

it("believes no lists for having checked others of the same file", async () => {
  await posted(proposal);

  await expect(posted({ ...proposal, creditsRoot: pad("0x1") })).rejects.toMatchObject({ code: "content_mismatch" });
});
