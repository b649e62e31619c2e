import { type BatchOpening, EMPTY_CHAIN } from "@openledger/sdk";
import { type Address, pad } from "viem";
import { beforeEach, describe, expect, it } from "vitest";
import type { Outcome } from "../settle/Outbox.js";
import type { Readiness } from "../settle/Purse.js";
import type { SettledBatch } from "../store/ChainFacts.js";
import type { ReceiptDemand } from "../store/CourtFacts.js";
import { ReceiptDemander } from "./ReceiptDemander.js";

const account = pad("0x1", { size: 20 }) as Address;
const other = pad("0x2", { size: 20 }) as Address;
const [settledAt, trial, reveal] = [1000n, 100n, 10n];
const batch = { batch: 3n, block: 5n, blockHash: pad("0xb") } as SettledBatch;
const header = {
  number: 3n,
  runner: other,
  settledAt,
  amount: 10n,
  dataAmount: 4n,
  receiptsRoot: pad("0x1"),
  settlementsHash: pad("0x2"),
};

let now: bigint;
let time: number;
let withheld: { batch: bigint; isRefused: boolean; receiptIndices: readonly number[] }[];
let demands: ReceiptDemand[];
let voided: bigint[];
let isPinned: boolean;
let readiness: Readiness;
let hasBudget: boolean;
let noted: string[];
let outcome: () => Outcome;
let sent: string[];
let reread: (readonly number[])[];
let newest: bigint;
let demander: ReceiptDemander;

beforeEach(() => {
  now = settledAt + 1n;
  time = 0;
  withheld = [{ batch: 3n, isRefused: true, receiptIndices: [] }];
  demands = [];
  voided = [];
  isPinned = true;
  readiness = "ready";
  hasBudget = true;
  noted = [];
  outcome = () => ({ kind: "done", hash: pad("0x1") });
  sent = [];
  reread = [];
  newest = 17n;
  demander = new ReceiptDemander({
    deployment: { addresses: { receiptCourt: other, inferenceMarket: other } } as never,
    facts: { batches: async () => [batch], newestBlock: async () => newest },
    courtFacts: {
      receiptDemands: async () => demands,
      openReceiptDemands: async () => demands.filter(({ state, demander }) => state === "open" && demander === account),
      voidBatches: async () => voided,
    },
    batches: { withheld: async () => withheld, reread: async (_batch, indices) => void reread.push(indices) },
    epochs: { find: async () => true },
    chain: {
      now: async () => now,
      batches: async () => [{ header, blockHash: batch.blockHash }] as never,
      batchOpening: async () =>
        isPinned ? ({ batch: header, chainBefore: EMPTY_CHAIN, later: [] } satisfies BatchOpening) : undefined,
      courtClocks: async () => ({ trial, reveal }),
      demandPrice: async () => 5n,
    },
    outbox: {
      account,
      submit: async ({ functionName, args }) => {
        sent.push(`${functionName} ${args.at(-1) ?? ""}`);
        return outcome();
      },
    },
    purse: { readiness: async () => readiness },
    budget: {
      take: async (subject) => {
        if (hasBudget) noted.push(subject);
        return hasBudget;
      },
      giveBack: async (subject) => {
        noted = noted.filter((one) => one !== subject);
      },
    },
    clock: { now: () => new Date(time), sleep: async () => {} },
    log: { info: () => {}, fault: () => {} },
    confirmations: 12n,
  });
});

function demanded(receiptIndex: number, more: Partial<ReceiptDemand> = {}): ReceiptDemand {
  const deadline = now + reveal;
  return { batch: 3n, receiptIndex, demander: account, deadline, state: "open", count: undefined, ...more };
}

const step = () => demander.step(new AbortController().signal);

describe("a batch whose list is withheld", () => {
  it("is asked for its first receipt, which every batch has", async () => {
    expect([await step(), sent, noted]).toEqual([true, ["demand 0"], ["demand 3/0"]]);
  });

  it("is not asked again for what somebody asked for", async () => {
    demands = [demanded(0, { demander: other })];

    expect([await step(), sent]).toEqual([false, []]);
  });

  it("is asked for all the others once it is known how many there are", async () => {
    demands = [demanded(0, { state: "answered", count: 3 }), demanded(2)];

    await step();

    expect(sent).toEqual(["demand 1"]);
  });

  it("is asked for sixteen at once, for more would cost more each", async () => {
    demands = Array.from({ length: 17 }, (_, index) =>
      demanded(index, { state: index === 0 ? "answered" : "open", count: 40 }),
    );

    expect([await step(), sent]).toEqual([false, []]);
  });

  it("is read again when all of it was shown", async () => {
    demands = [0, 1].map((index) => demanded(index, { state: "answered", count: 2 }));

    expect([await step(), reread, sent]).toEqual([true, [[0, 1]], []]);
  });

  it("is pinned first when nothing opens it", async () => {
    isPinned = false;

    await step();

    expect(sent).toEqual(["pinBatches "]);
  });

  it("is asked in the last second of its trial, not later", async () => {
    now = settledAt + trial;
    await step();
    expect(sent).toEqual([]);
    time += 60_000;
    now -= 1n;
    await step();

    expect(sent).toEqual(["demand 0"]);
  });

  it("is not asked before it is buried", async () => {
    newest -= 1n;

    expect([await step(), sent]).toEqual([false, []]);
  });

  it.each([
    ["without money", () => (readiness = "missing")],
    ["beyond the budget", () => (hasBudget = false)],
  ])("is not asked %s, and not looked at again at once", async (_what, arrange) => {
    arrange();
    await step();
    [readiness, hasBudget] = ["ready", true];
    await step();
    expect(sent).toEqual([]);
    time += 60_000;
    await step();

    expect(sent).toEqual(["demand 0"]);
  });

  it("costs nothing when the court refuses the demand", async () => {
    outcome = () => ({ kind: "refused", error: "ReceiptCourt_AlreadyDemanded(3, 0, 1)" });

    expect([await step(), noted]).toEqual([false, []]);
  });
});

describe("a receipt whose shares or signature the file has not", () => {
  it("alone is asked for, and judged again when it was shown", async () => {
    withheld = [{ batch: 3n, isRefused: false, receiptIndices: [4] }];
    await step();
    demands = [demanded(4, { state: "answered", count: 9 })];
    await step();

    expect([sent, reread]).toEqual([["demand 4"], [[4]]]);
  });
});

describe("this oracle's own demands", () => {
  it("are expired in the first second in which they can be, not before", async () => {
    demands = [demanded(0, { deadline: now + 1n })];
    const early = await step();
    now += 1n;

    expect([early, await step(), sent]).toEqual([false, true, ["expire 0"]]);
  });

  it("bring their deposits back when the batch fell otherwise", async () => {
    demands = [demanded(0)];
    voided = [3n];

    expect([await step(), sent]).toEqual([true, ["returnDeposit 0"]]);
  });

  it("are expired by nobody for others", async () => {
    demands = [demanded(0, { demander: other, deadline: now - 1n })];

    await step();

    expect(sent).toEqual([]);
  });
});
