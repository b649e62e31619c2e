import { type BatchOpening, EMPTY_CHAIN, WHOLE_BATCH } from "@openledger/sdk";
import { type Address, pad } from "viem";
import { beforeEach, describe, expect, it } from "vitest";
import type { ContractCall, Outcome } from "../settle/Outbox.js";
import type { Need, Readiness } from "../settle/Purse.js";
import type { WithheldBatch } from "../store/BatchLedger.js";
import type { SettledBatch } from "../store/ChainFacts.js";
import type { ReceiptDemand } from "../store/CourtFacts.js";
import { DemandEnder } from "./DemandEnder.js";
import { ReceiptDemander } from "./ReceiptDemander.js";

const account = pad("0x1", { size: 20 }) as Address;
const other = pad("0x2", { size: 20 }) as Address;
const [settledAt, trial, reveal] = [1000n, 100n, 16n];
const single = 5n;
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
let withheld: WithheldBatch[];
let demands: ReceiptDemand[];
let voided: bigint[];
let isPinned: boolean;
let readiness: Readiness;
let needs: Need[];
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
  withheld = [{ batch: 3n, isRefused: true, unattributed: [], unsigned: [] }];
  demands = [];
  voided = [];
  isPinned = true;
  readiness = "ready";
  needs = [];
  hasBudget = true;
  noted = [];
  outcome = () => ({ kind: "done", hash: pad("0x1") });
  sent = [];
  reread = [];
  newest = 17n;
  demander = start();
});

function start(): ReceiptDemander {
  const shared = {
    deployment: { addresses: { receiptCourt: other, inferenceMarket: other } } as never,
    facts: { batches: async () => [batch], newestBlock: async () => newest },
    courtFacts: {
      receiptDemands: async () => demands,
      openReceiptDemands: async () => demands.filter(({ state, demander }) => state === "open" && demander === account),
      voidBatches: async () => voided,
    },
    batches: {
      withheld: async () => withheld,
      reread: async (_batch: SettledBatch, indices: readonly number[]) => void reread.push(indices),
    },
    epochs: { find: async () => true },
    chain: {
      now: async () => now,
      batches: async () => [{ header, blockHash: batch.blockHash }] as never,
      batchOpening: async () =>
        isPinned ? ({ batch: header, chainBefore: EMPTY_CHAIN, later: [] } satisfies BatchOpening) : undefined,
      courtClocks: async () => ({ trial, reveal }),
      demandPrice: async (_batch: bigint, index: number) => (index === WHOLE_BATCH ? 16n * single : single),
    },
    outbox: {
      account,
      submit: async ({ functionName, args }: ContractCall) => {
        sent.push(`${functionName} ${args.at(-1) ?? ""}`);
        return outcome();
      },
    },
    purse: {
      readiness: async (need: Need) => {
        needs.push(need);
        return readiness;
      },
    },
    budget: {
      take: async (subject: string, amount: bigint) => {
        if (hasBudget) noted.push(`${subject} ${amount}`);
        return hasBudget;
      },
      giveBack: async (subject: string) => {
        noted = noted.filter((one) => !one.startsWith(`${subject} `));
      },
    },
    clock: { now: () => new Date(time), sleep: async () => {} },
    log: { info: () => {}, fault: () => {} },
    confirmations: 12n,
  };
  return new ReceiptDemander({ ...shared, ender: new DemandEnder(shared) });
}

function demanded(receiptIndex: number, more: Partial<ReceiptDemand> = {}): ReceiptDemand {
  const deadline = now + reveal;
  return { batch: 3n, receiptIndex, demander: account, deadline, state: "open", count: undefined, ...more };
}

const step = () => demander.step(new AbortController().signal);

describe("a batch whose list is withheld", () => {
  it("is asked for as a whole, at the price of the whole", async () => {
    expect([await step(), sent, noted]).toEqual([true, [`demand ${WHOLE_BATCH}`], [`demand 3/${WHOLE_BATCH} 80`]]);
    expect(needs).toMatchObject([{ amount: 80n, approved: 160n }]);
  });

  it("is not asked again for what somebody asked for", async () => {
    demands = [demanded(WHOLE_BATCH, { demander: other })];

    expect([await step(), sent]).toEqual([false, []]);
  });

  it("is read again when all of it was shown", async () => {
    demands = [demanded(WHOLE_BATCH, { state: "answered", count: 3 })];

    expect([await step(), reread, sent]).toEqual([true, [[0, 1, 2]], []]);
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

    expect(sent).toEqual([`demand ${WHOLE_BATCH}`]);
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

    expect(sent).toEqual([`demand ${WHOLE_BATCH}`]);
  });

  it("costs nothing when the court refuses the demand", async () => {
    outcome = () => ({ kind: "refused", error: "ReceiptCourt_AlreadyDemanded(3, 4294967295, 1)" });

    expect([await step(), noted]).toEqual([false, []]);
  });
});

describe("a receipt whose shares or signature the file has not", () => {
  it("alone is asked for, and judged again when it was shown", async () => {
    withheld = [{ batch: 3n, isRefused: false, unattributed: [], unsigned: [4] }];
    await step();
    demands = [demanded(4, { state: "answered", count: 9 })];
    await step();

    expect([sent, reread, noted]).toEqual([["demand 4"], [[4]], ["demand 3/4 5"]]);
    expect(needs).toMatchObject([{ amount: 5n, approved: 160n }]);
  });
});

describe.each([
  ["a receipt", 0],
  ["a whole batch", WHOLE_BATCH],
])("a demand of %s", (_what, index) => {
  it("is expired by who made it in the first second in which it can be, not before", async () => {
    demands = [demanded(index, { deadline: now + 1n })];
    withheld = [];
    const early = await step();
    now += 1n;

    expect([early, await step(), sent]).toEqual([false, true, [`expire ${index}`]]);
  });

  it("brings its deposit back when the batch fell otherwise", async () => {
    demands = [demanded(index)];
    voided = [3n];

    expect([await step(), sent]).toEqual([true, [`returnDeposit ${index}`]]);
  });

  it("is expired for another who leaves it, an eighth of the time to answer later: the batch holds up epochs", async () => {
    withheld = [{ batch: 3n, isRefused: false, unattributed: [0], unsigned: [] }];
    demands = [demanded(index, { demander: other, deadline: now - 2n })];
    const early = await step();
    now += 1n;

    expect([early, await step(), sent]).toEqual([false, true, [`expire ${index}`]]);
  });

  it("is left to who made it where the batch is known", async () => {
    demands = [demanded(index, { demander: other, deadline: 0n })];
    withheld = [];

    expect([await step(), sent]).toEqual([false, []]);
  });
});
