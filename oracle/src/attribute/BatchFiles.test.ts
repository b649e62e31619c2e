import { type AttributedReceipt, encodeBatchFile, type Receipt, receiptTree } from "@openledger/sdk";
import { type Address, pad } from "viem";
import { beforeEach, expect, it } from "vitest";
import type { SettledBatch } from "../store/ChainFacts.js";
import { BatchFiles } from "./BatchFiles.js";
import type { ReadReceipt } from "./readBatchFile.js";

const runner = pad("0x77", { size: 20 }) as Address;
const domain = { chainId: 31_337, market: pad("0x1", { size: 20 }) as Address };
const entries = [1n, 2n].map((nonce): AttributedReceipt => {
  const receipt: Receipt = {
    channel: pad("0xa1"),
    model: 2n,
    nonce,
    cumulative: nonce * 100n,
    fee: 100n,
    promptTokens: 1,
    outputTokens: 1,
    requestHash: pad("0x4"),
    programRoot: pad("0x5"),
    seed: pad("0x6"),
    outputHash: pad("0x7"),
    attributionHash: pad("0x8"),
  };
  return { receipt, signature: pad("0x9", { size: 65 }), shares: [], records: [], methodHash: pad("0x8") };
});
const shown = entries.map(
  (entry): ReadReceipt => ({ ...entry, recordsHash: pad("0xab"), signature: pad("0xcd", { size: 65 }) }),
);
const { root } = receiptTree(
  domain,
  entries.map(({ receipt }) => receipt),
);
const batch = { batch: 3n, runner, receiptsRoot: root, dataHash: pad("0xd") } as SettledBatch;

let bytes: Uint8Array | undefined;
let revealed: Map<number, ReadReceipt>;
let gets: number;
let count: number | undefined;

beforeEach(() => {
  bytes = encodeBatchFile({ runner, ...domain, receipts: entries });
  revealed = new Map();
  gets = 0;
  count = undefined;
});

async function read() {
  const files = new BatchFiles({
    domain,
    content: {
      get: async () => {
        gets += 1;
        if (bytes === undefined) throw new Error("nobody has it");
        return bytes;
      },
    },
    epochs: { file: async () => undefined, keepFile: async () => pad("0xd") },
    shownReceipts: { ofBatch: async () => ({ receipts: revealed, count }) },
  });
  const reading = await files.read(batch, new AbortController().signal);
  return "refused" in reading ? reading.refused : reading.file.receipts;
}

it("reads the file, but for what the court had shown", async () => {
  revealed = new Map([[1, shown[1]!]]);

  expect(await read()).toEqual([entries[0], shown[1]]);
});

it("knows a batch whose file nobody has once all of it was shown, not before", async () => {
  bytes = undefined;
  revealed = new Map([[0, shown[0]!]]);
  count = 2;
  await expect(read()).rejects.toThrow("nobody has it");
  revealed.set(1, shown[1]!);

  expect([await read(), gets]).toEqual([shown, 1]);
});

it("knows a batch whose file is another's once all of it was shown", async () => {
  bytes = encodeBatchFile({ runner, ...domain, receipts: entries.slice(1) });
  const before = await read();
  [revealed, count] = [new Map(shown.entries()), 2];

  expect([before, await read()]).toEqual([expect.stringContaining("the file's receipts have root"), shown]);
});

it("knows an empty batch by its count alone", async () => {
  bytes = undefined;
  count = 0;

  // What was shown is none of this batch's: its root says so.
  expect(await read()).toContain("the file's receipts have root");
});
