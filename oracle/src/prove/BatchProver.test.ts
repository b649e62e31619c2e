import {
  type BatchOpening,
  EMPTY_CHAIN,
  encodeBatchFile,
  type Price,
  packSettlementList,
  type Receipt,
  receiptTree,
  settlementsHash,
} from "@openledger/sdk";
import { type Address, pad } from "viem";
import { beforeEach, describe, expect, it } from "vitest";
import { readBatchFile } from "../attribute/readBatchFile.js";
import { OracleError } from "../OracleError.js";
import type { ContractCall, Outcome } from "../settle/Outbox.js";
import type { SettledBatch } from "../store/ChainFacts.js";
import { BatchProver } from "./BatchProver.js";

const domain = { chainId: 31_337, market: pad("0x1", { size: 20 }) as Address };
const runner = pad("0x77", { size: 20 }) as Address;
const account = pad("0x1", { size: 20 }) as Address;
const price: Price = { perRequest: 10n, perPromptToken: 0n, perOutputToken: 0n };
const [settledAt, trial, reveal] = [1000n, 100n, 10n];
const honest = [1n, 2n].map(
  (nonce): Receipt => ({
    channel: pad("0xa1"),
    model: 2n,
    nonce,
    cumulative: nonce * 10n,
    fee: 10n,
    promptTokens: 1,
    outputTokens: 1,
    requestHash: pad("0x4"),
    programRoot: pad("0x5"),
    seed: pad("0x6"),
    outputHash: pad("0x7"),
    attributionHash: pad("0x8"),
  }),
);
const settlements = [{ channel: pad("0xa1"), model: 2n, before: 0n, after: 20n }];

let receipts: readonly Receipt[];
let now: bigint;
let time: number;
let newest: bigint;
let isPinned: boolean;
let isSearched: boolean;
let isFound: boolean;
let read: () => void;
let outcome: Outcome;
let sent: ContractCall[];
let convictions: { batch: bigint; entriesPaid: number }[];
let prover: BatchProver;

beforeEach(() => {
  receipts = honest;
  now = settledAt + 1n;
  time = 0;
  newest = 17n;
  isPinned = true;
  isSearched = false;
  isFound = true;
  read = () => {};
  outcome = { kind: "done", hash: pad("0x1") };
  sent = [];
  convictions = [];
  prover = start();
});

function start(): BatchProver {
  const tree = () => receiptTree(domain, receipts);
  const batch = () =>
    ({ batch: 3n, block: 5n, blockHash: pad("0xb"), runner, receiptsRoot: tree().root }) as unknown as SettledBatch;
  const header = () => ({
    number: 3n,
    runner,
    settledAt,
    amount: 20n,
    dataAmount: 8n,
    receiptsRoot: tree().root,
    settlementsHash: settlementsHash(settlements),
  });
  const entries = () =>
    receipts.map((receipt) => ({
      receipt,
      signature: pad("0x9", { size: 65 }),
      shares: [],
      records: [],
      methodHash: pad("0x8"),
    }));
  return new BatchProver({
    deployment: { addresses: { receiptVerifier: runner, receiptCourt: runner, inferenceMarket: runner } } as never,
    domain,
    facts: {
      batches: async () => [batch()],
      settlements: async () => settlements,
      model: async () => ({ price }) as never,
      newestBlock: async () => newest,
    },
    courtFacts: { convictions: async () => convictions },
    batches: {
      unsearched: async () => (isSearched || !isFound ? [] : [3n]),
      searched: async () => {
        isSearched = true;
      },
    },
    batchFiles: {
      read: async () => {
        read();
        return readBatchFile(domain, batch(), encodeBatchFile({ runner, ...domain, receipts: entries() }));
      },
    },
    chain: {
      now: async () => now,
      batches: async () => [{ header: header(), blockHash: pad("0xb") }] as never,
      batchOpening: async () =>
        isPinned ? ({ batch: header(), chainBefore: EMPTY_CHAIN, later: [] } satisfies BatchOpening) : undefined,
      courtClocks: async () => ({ trial, reveal }),
    },
    outbox: {
      account,
      submit: async (call) => {
        sent.push(call);
        return outcome;
      },
    },
    clock: { now: () => new Date(time), sleep: async () => {} },
    log: { info: () => {}, fault: () => {} },
    confirmations: 12n,
  });
}

const step = () => prover.step(new AbortController().signal);
const names = () => sent.map(({ functionName }) => functionName);

describe("a batch", () => {
  it("that is honest is looked through once", async () => {
    expect([await step(), isSearched, names()]).toEqual([false, true, []]);
  });

  it.each([
    ["costs another fee", "proveFee", [{ ...honest[0]!, fee: 9n }, honest[1]!]],
    ["does not chain", "proveNeighbours", [honest[0]!, { ...honest[1]!, cumulative: 21n }]],
    ["has its receipts out of order", "proveNeighbours", [honest[1]!, honest[0]!]],
    ["ends elsewhere", "proveEdge", [honest[0]!]],
    ["settles without a receipt", "proveUncovered", []],
  ])("that %s is proven false by %s", async (_what, proof, list) => {
    receipts = list;

    expect([await step(), names(), isSearched]).toEqual([true, [proof], false]);
  });

  it("that is false is proven again when a reorganisation took the proof away, not while it lies there", async () => {
    receipts = [];
    await step();
    isFound = false;
    await step();
    isFound = true;
    await step();

    expect(names()).toEqual(["proveUncovered", "proveUncovered"]);
  });

  it("that nothing opens is pinned before it is proven", async () => {
    receipts = [];
    isPinned = false;
    await step();
    isPinned = true;
    await step();

    expect(names()).toEqual(["pinBatches", "proveUncovered"]);
  });

  it("is proven in the last second in which the court listens, not later", async () => {
    receipts = [];
    now = settledAt + trial + 2n * reveal - 1n;
    await step();
    now += 1n;
    await step();

    expect([names(), isSearched]).toEqual([["proveUncovered"], true]);
  });

  it("is not proven before it is buried", async () => {
    receipts = [];
    newest -= 1n;

    expect([await step(), names(), isSearched]).toEqual([false, [], false]);
  });

  it("that cannot be read now does not stop the others' work, and is read again later", async () => {
    receipts = [];
    read = () => {
      throw new OracleError("content_unavailable", "the store is away", { retryable: true });
    };
    await step();
    read = () => {};
    await step();
    expect(names()).toEqual([]);
    time += 30_000;
    await step();

    expect(names()).toEqual(["proveUncovered"]);
  });

  it("whose proof was not taken is not proven at once again", async () => {
    receipts = [];
    outcome = { kind: "refused", error: "ReceiptCourt_BatchVoid(3, 1)" };
    await step();
    await step();

    expect(names()).toEqual(["proveUncovered"]);
  });
});

describe("payers of a batch that this oracle voided", () => {
  it("are paid from the entry on to which they were", async () => {
    convictions = [{ batch: 3n, entriesPaid: 0 }];
    await step();
    convictions = [{ batch: 3n, entriesPaid: 1 }];
    isFound = false;
    await step();

    expect(sent.map(({ functionName, args }) => [functionName, args[1]])).toEqual([
      ["refund", packSettlementList(settlements)],
    ]);
  });
});
