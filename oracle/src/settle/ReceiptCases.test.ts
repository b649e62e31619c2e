import {
  attributionHash,
  attributionRecordsHash,
  type BatchOpening,
  type CaseState,
  encodeBatchFile,
  type Receipt,
  receiptHash,
  receiptTree,
  sharesHash,
} from "@openledger/sdk";
import { type Address, pad } from "viem";
import { beforeEach, describe, expect, it } from "vitest";
import type { ReceiptCheck } from "../attribute/ReceiptFault.js";
import { readBatchFile } from "../attribute/readBatchFile.js";
import type { BatchState, JudgedReceipt } from "../store/BatchLedger.js";
import type { OpenedEpoch, SettledBatch } from "../store/ChainFacts.js";
import type { ContractCall, Outcome } from "./Outbox.js";
import type { Readiness } from "./Purse.js";
import { FiledCases, type FiledCasesDeps } from "./ReceiptCases.js";

const runner = pad("0x77", { size: 20 }) as Address;
const contributor = pad("0xc0", { size: 20 }) as Address;
const domain = { chainId: 31_337, market: pad("0x1", { size: 20 }) as Address };
const shares = [{ account: contributor, share: 65_536 }];
const entries = [1n, 2n].map((nonce) => {
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
    attributionHash: attributionHash({
      sharesHash: sharesHash(shares),
      recordsHash: attributionRecordsHash([]),
      methodHash: pad("0x8"),
    }),
  };
  return { receipt, signature: pad("0x9", { size: 65 }), shares, records: [], methodHash: pad("0x8") };
});
const tree = receiptTree(
  domain,
  entries.map(({ receipt }) => receipt),
);
const bytes = encodeBatchFile({ runner, ...domain, receipts: entries });
const settled = {
  batch: 3n,
  blockHash: pad("0xb"),
  block: 1n,
  runner,
  receiptsRoot: tree.root,
  dataHash: pad("0xd"),
  amount: 200n,
  dataAmount: 80n,
} satisfies SettledBatch;
const epoch = { epoch: 1n, firstBatch: 3n, lastBatch: 3n } as OpenedEpoch;
const [settledAt, trial, reveal] = [1000n, 100n, 10n];

let now: bigint;
let voidedAt: bigint;
let first: { state: CaseState; openedAt: bigint; closedAt: bigint };
let states: Pick<BatchState, "batch" | "state">[];
let disputed: JudgedReceipt[];
let dataBps: number;
let readiness: Readiness;
let hasBudget: boolean;
let budgeted: string[];
let outcome: () => Outcome;
let sent: ContractCall[];
let faults: string[];

beforeEach(() => {
  now = settledAt + 20n;
  voidedAt = 0n;
  first = { state: "none", openedAt: 0n, closedAt: 0n };
  states = [{ batch: 3n, state: "verified" }];
  disputed = [falseBy("output")];
  dataBps = 4000;
  readiness = "ready";
  hasBudget = true;
  budgeted = [];
  outcome = () => {
    first = { state: "open", openedAt: now, closedAt: 0n };
    return { kind: "done", hash: pad("0x1") };
  };
  sent = [];
  faults = [];
});

function falseBy(check: ReceiptCheck): JudgedReceipt {
  const { cumulative, fee, model } = entries[1]!.receipt;
  const hash = receiptHash(domain, entries[1]!.receipt);
  return { batch: 3n, receiptIndex: 1, hash, model, cumulative, fee, shares, fault: { check, asked: "a", found: "b" } };
}

function exclude(asOf: bigint): Promise<boolean> {
  const opening = { batch: { number: 3n, runner } } as unknown as BatchOpening;
  const deps: FiledCasesDeps = {
    deployment: { addresses: { jury: pad("0x2", { size: 20 }), disputeManager: pad("0x3", { size: 20 }) } } as never,
    domain,
    content: { put: async () => ({ hash: pad("0xe") }) as never },
    facts: { batches: async () => [settled] },
    batches: { disputed: async () => disputed, states: async () => states as BatchState[] },
    epochs: { find: async () => true },
    batchFiles: { read: async () => readBatchFile(domain, settled, bytes) },
    chain: {
      now: async () => now,
      timestamp: async () => settledAt,
      voidedAt: async () => voidedAt,
      caseOf: async () => first,
      courtClocks: async () => ({ trial, reveal }),
      dataBpsAt: async () => dataBps,
      disputeBond: async () => 1000n,
      batchOpening: async () => opening,
    },
    outbox: {
      account: pad("0x4", { size: 20 }) as Address,
      submit: async (call) => {
        sent.push(call);
        return outcome();
      },
    },
    purse: { readiness: async () => readiness },
    budget: {
      take: async (subject) => {
        if (hasBudget) budgeted.push(subject);
        return hasBudget;
      },
      giveBack: async (subject) => {
        budgeted = budgeted.filter((one) => one !== subject);
      },
    },
    clock: { now: () => new Date(0), sleep: async () => {} },
    log: { info: () => {}, fault: (message) => faults.push(message) },
  };
  return new FiledCases(deps).exclude(epoch, asOf, new AbortController().signal);
}

describe("a receipt that this oracle finds false", () => {
  it("is left out only by a proposal whose asOf is not before its case", async () => {
    const before = await exclude(now - 1n);
    const opened = now;
    now += 5n;
    const early = await exclude(opened - 1n);
    const late = await exclude(opened);

    expect([before, early, late]).toEqual([false, false, true]);
    expect(sent.map(({ functionName, args }) => [functionName, args[1]])).toEqual([
      ["fileAnswer", { receipt: entries[1]!.receipt, ...tree.proof(1) }],
    ]);
    expect(budgeted).toHaveLength(1);
    expect(faults).toEqual([]);
  });

  it("is waited for while its case is on its way", async () => {
    outcome = () => ({ kind: "pending", hash: pad("0x1") });

    expect(await exclude(now)).toBe(false);
  });

  it("is waited for while the bond is being approved", async () => {
    readiness = "approving";

    expect(await exclude(now)).toBe(false);
    expect(sent).toEqual([]);
  });

  it("is not disputed again once its case was cleared, whoever lost it", async () => {
    first = { state: "cleared", openedAt: now - 5n, closedAt: now - 1n };

    expect(await exclude(now)).toBe(true);
    expect(sent).toEqual([]);
  });

  it("costs no second bond when another was first", async () => {
    outcome = () => {
      first = { state: "open", openedAt: now, closedAt: 0n };
      return { kind: "refused", error: "ReceiptCourt_CaseExists(3, 1, 1)" };
    };

    expect(await exclude(now - 1n)).toBe(false);
    expect([budgeted, faults]).toEqual([[], []]);
  });

  it("costs no bond when it earns nobody anything", async () => {
    dataBps = 0;

    expect(await exclude(now)).toBe(true);
    expect(sent).toEqual([]);
  });

  it("costs no bond when its batch is void, which counts from the void on", async () => {
    voidedAt = now;

    expect([await exclude(now - 1n), await exclude(now)]).toEqual([false, true]);
    expect(sent).toEqual([]);
  });

  it.each([
    ["its trial is over", () => (now = settledAt + trial)],
    ["there is no money for the bond", () => (readiness = "missing")],
    ["the budget is exhausted", () => (hasBudget = false)],
    ["the dispute was not taken: Paused()", () => (outcome = () => ({ kind: "refused", error: "Paused()" }))],
  ])("is credited, and a person told, when %s", async (reason, arrange) => {
    arrange();

    expect(await exclude(now)).toBe(true);
    expect(faults).toEqual([expect.stringContaining(`was opened, for ${reason}: it is credited, though it is false`)]);
    expect(budgeted).toEqual([]);
  });

  it("is disputed in the last second of its trial", async () => {
    now = settledAt + trial - 1n;

    await exclude(now);

    expect(sent).toHaveLength(1);
  });

  it.each(["chain", "fee", "model"] as const)(
    "costs no bond when arithmetic shows that its %s is false",
    async (check) => {
      disputed = [falseBy(check)];
      now = settledAt + trial + 2n * reveal - 1n;
      const whileProven = await exclude(now);
      now += 1n;
      const after = await exclude(now);

      expect([whileProven, after]).toEqual([false, true]);
      expect(sent).toEqual([]);
    },
  );
});

describe("what this oracle does not know", () => {
  it("holds the proposal when a batch's receipts are withheld, until the batch is void", async () => {
    [states, disputed] = [[{ batch: 3n, state: "refused" }], []];
    const standing = await exclude(now);
    voidedAt = now;

    expect([standing, await exclude(now - 1n), await exclude(now)]).toEqual([false, false, true]);
    expect(faults[0]).toContain("Batch 3 stands and its receipts are not known here");
  });

  it("holds the proposal while the court is asked for the signed shares, and when nobody showed them", async () => {
    disputed = [falseBy("attribution_hash")];
    now = settledAt + trial + reveal - 1n;
    const asked = await exclude(now);
    expect(faults).toEqual([]);
    now += 1n;

    expect([asked, await exclude(now)]).toEqual([false, false]);
    expect(sent).toEqual([]);
    expect(faults).toEqual([expect.stringContaining("as its shares are not known, nothing is proposed")]);
  });
});
