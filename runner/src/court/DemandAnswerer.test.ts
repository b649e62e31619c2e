/** Faults around an answer, with a chain and books that fail on purpose; what works is tried on a real chain. */
import { type Batch, type Receipt, receiptTree } from "@openledger/sdk";
import { type Address, type Hex, pad, toHex } from "viem";
import { beforeEach, expect, it } from "vitest";
import { runSettlement } from "../settle/runSettlement.js";
import type { OutboxTransaction } from "../store/BatchLedger.js";
import type { ReceiptEvidence, StoredDemand } from "../store/DemandLedger.js";
import { memoryDemands } from "../testing/memoryDemands.js";
import type { CourtCall, CourtChain, DemandState } from "./CourtChain.js";
import { DemandAnswerer } from "./DemandAnswerer.js";

const domain = { chainId: 31_337, market: pad("0x1", { size: 20 }) as Address };
const receipts = [1n, 2n].map(
  (nonce): Receipt => ({
    channel: pad("0xa1"),
    model: 1n,
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
const evidence = receipts.map(
  (receipt): ReceiptEvidence => ({
    receipt,
    signature: pad("0x9", { size: 65 }),
    voucher: { cumulativeCap: 100n, deadline: 9n },
    voucherSignature: pad("0xa", { size: 65 }),
    attribution: { shares: [], recordsHash: pad("0xb"), methodHash: pad("0xc") },
  }),
);
const header = { number: 7n, receiptsRoot: receiptTree(domain, receipts).root } as Batch;
const deadline = 1000n;

let time: number;
let block: bigint;
let stored: Map<number, StoredDemand>;
let state: (index: number) => DemandState;
let refusal: (call: CourtCall) => string | undefined;
let held: readonly ReceiptEvidence[];
let minedNonce: number;
let signed: { readonly index: number; readonly replaced: Hex | undefined }[];
let sent: Hex[];
let isNodeUp: boolean;
let reads: number;
let said: { readonly message: string; readonly facts: Readonly<Record<string, unknown>> }[];
let answerer: DemandAnswerer;

beforeEach(() => {
  time = 800;
  block = 1n;
  stored = new Map();
  state = () => "open";
  refusal = () => undefined;
  held = evidence;
  minedNonce = 0;
  signed = [];
  sent = [];
  isNodeUp = true;
  reads = 0;
  said = [];
  answerer = start();
});

/** A process over the same books. */
function start(): DemandAnswerer {
  const chain: CourtChain = {
    startBlock: 1n,
    head: async () => ({ number: block, hash: toHex(block, { size: 32 }), timestamp: BigInt(Math.floor(time)) }),
    timestampOf: async () => 0n,
    demands: async () => [],
    demandOf: async (_batch, index) => ({ state: state(index), shown: 0 }),
    header: async () => header,
    clocks: async () => ({ trial: 10_000n, reveal: 200n }),
    refusal: async (call) => refusal(call),
    sign: async (call, replaced) => {
      signed.push({ index: "index" in call ? call.index : -1, replaced: replaced?.hash });
      const hash = toHex(signed.length, { size: 32 });
      return { hash, accountNonce: replaced?.accountNonce ?? minedNonce + signed.length - 1, raw: "0x" };
    },
    send: async ({ hash }: OutboxTransaction) => {
      sent.push(hash);
      if (!isNodeUp) throw new Error("the node is away");
    },
    shownBy: () => undefined,
    minedNonce: async () => minedNonce,
  };
  return new DemandAnswerer({
    domain,
    ledger: memoryDemands(stored, async () => {
      reads += 1;
      return held;
    }),
    chain,
    recheckDepth: 2n,
    keepSeconds: 0n,
    now: () => time,
    log: (message, facts = {}) => said.push({ message, facts }),
  });
}

function demand(index: number): void {
  stored.set(index, { batch: 7n, index, deadline, state: "open", answeredAt: undefined, transaction: undefined });
}

async function step(seconds = 1): Promise<void> {
  time += seconds;
  block += 1n;
  await answerer.step();
}

const failures = () => said.filter(({ message }) => message.startsWith("A DEMANDED RECEIPT CANNOT BE SHOWN YET"));

it("says at once that it cannot answer, and tries to the end, ever more slowly but often enough", async () => {
  held = [];
  demand(0);

  await step();
  expect(failures().map(({ facts }) => facts)).toEqual([
    expect.objectContaining({
      batch: 7n,
      index: 0,
      secondsLeft: 199,
      error: expect.stringContaining("no receipts of batch 7"),
    }),
  ]);
  while (time < 998) await step(0.5);

  const times = failures().map(({ facts }) => Number(facts.secondsLeft));
  expect(times.length).toBeGreaterThan(12);
  expect(times.at(-1)).toBeLessThan(4);
  held = evidence;
  await step();
  expect(sent).toHaveLength(1);
});

it("says so when a demand was not answered in time, and signs nothing any more", async () => {
  demand(0);
  time = 999;

  await step();
  await step();

  expect(said.filter(({ message }) => message.startsWith("A DEMAND WAS NOT ANSWERED IN TIME"))).toHaveLength(1);
  expect(signed).toEqual([]);
});

it("answers in the last second", async () => {
  demand(0);
  time = 998;

  await step();

  expect(sent).toHaveLength(1);
});

it("answers the others when one cannot be answered", async () => {
  demand(0);
  demand(1);
  refusal = (call) => ("index" in call && call.index === 0 ? "ReceiptVerifier_AboveCap(10, 1)" : undefined);

  await step();

  expect(signed.map(({ index }) => index)).toEqual([1]);
  expect(failures()[0]?.facts.error).toContain("ReceiptVerifier_AboveCap(10, 1)");
});

it("signs no second answer while the first may land, also after a restart", async () => {
  demand(0);
  isNodeUp = false;
  await step();
  answerer = start();
  isNodeUp = true;
  await step(6);
  await step(6);

  expect(signed).toHaveLength(1);
  expect(new Set(sent).size).toBe(1);
});

it("replaces an answer that does not land by one that pays more, under its nonce", async () => {
  demand(0);
  for (let at = 0; at < 8; at++) await step(5);

  expect(signed).toEqual([
    { index: 0, replaced: undefined },
    { index: 0, replaced: toHex(1, { size: 32 }) },
  ]);
});

it("signs anew when another transaction took the nonce", async () => {
  demand(0);
  await step();
  minedNonce = 1;
  await step();

  expect(signed).toHaveLength(2);
});

it("takes an answer of somebody else's for an answer", async () => {
  demand(0);
  state = () => "revealed";

  await step();
  await step();

  expect(signed).toEqual([]);
  expect(stored.get(0)?.state).toBe("answered");
});

it("answers again when a reorganisation took the answer", async () => {
  demand(0);
  state = () => "revealed";
  await step();
  state = () => "open";

  await step();

  expect(sent).toHaveLength(1);
  expect(stored.get(0)).toMatchObject({ state: "open", answeredAt: undefined });
});

it("reads what stands behind a batch once for all of its demands", async () => {
  demand(0);
  demand(1);
  demand(2);

  await step();

  expect([reads, signed.length]).toEqual([1, 3]);
});

it("answers though settling fails, and settles though answering fails", async () => {
  const stop = new AbortController();
  const steps: string[] = [];
  const failing = (what: string) => async () => {
    steps.push(what);
    if (steps.length >= 4) stop.abort();
    throw new Error(what);
  };

  await runSettlement(
    { step: failing("settle") },
    { step: failing("answer") },
    {
      pollMs: 1,
      signal: stop.signal,
      woken: () => new Promise(() => {}),
      log: (message) => said.push({ message, facts: {} }),
    },
  );

  expect(steps).toEqual(["answer", "settle", "answer", "settle"]);
});
