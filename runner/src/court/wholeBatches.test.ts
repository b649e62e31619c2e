/** Whole batches that are demanded: what may happen between two of the many transactions that show one. */
import { type Batch, type DisclosedRange, type Receipt, receiptTree, WHOLE_BATCH } from "@openledger/sdk";
import { type Address, type Hex, pad, toHex } from "viem";
import { beforeEach, describe, expect, it } from "vitest";
import type { OutboxTransaction } from "../store/BatchLedger.js";
import type { ReceiptEvidence, StoredDemand } from "../store/DemandLedger.js";
import { memoryDemands } from "../testing/memoryDemands.js";
import type { CourtCall, CourtChain } from "./CourtChain.js";
import { DemandAnswerer } from "./DemandAnswerer.js";

const domain = { chainId: 31_337, market: pad("0x1", { size: 20 }) as Address };
/** So many that two receipts fill a transaction. */
const shares = Array.from({ length: 700 }, (_, at) => ({ account: pad(toHex(at + 1), { size: 20 }), share: 1 }));
const evidence = [1n, 2n, 3n, 4n, 5n].map((nonce): ReceiptEvidence => {
  const word = pad(toHex(nonce), { size: 32 });
  const receipt: Receipt = {
    channel: pad("0xa1"),
    model: 1n,
    nonce,
    cumulative: nonce * 10n,
    fee: 10n,
    promptTokens: 1,
    outputTokens: 1,
    requestHash: word,
    programRoot: word,
    seed: word,
    outputHash: word,
    attributionHash: word,
  };
  return {
    receipt,
    signature: pad("0x9", { size: 65 }),
    voucher: { cumulativeCap: 100n, deadline: 9n },
    voucherSignature: pad("0xa", { size: 65 }),
    attribution: { shares, recordsHash: word, methodHash: word },
  };
});
const receiptsRoot = receiptTree(
  domain,
  evidence.map(({ receipt }) => receipt),
).root;
const count = evidence.length;
const deadline = 10_000;

/** What blocks hold: a reorganisation takes it back. */
interface Chain {
  /** Receipts shown, by batch. */
  readonly shown: ReadonlyMap<bigint, number>;
  /** Single demands that are answered. */
  readonly revealed: ReadonlySet<number>;
  readonly nonce: number;
}

let time: number;
let block: bigint;
let chain: Chain;
let pool: Map<number, OutboxTransaction>;
let calls: Map<Hex, CourtCall>;
let stored: Map<string, StoredDemand>;
let held: (batch: bigint) => readonly ReceiptEvidence[];
let isNodeUp: boolean;
let refused: number;
/** Called before each question to chain or books. */
let before: (what: string) => void;
let said: { readonly message: string; readonly facts: Readonly<Record<string, unknown>> }[];
let answerer: DemandAnswerer;

beforeEach(() => {
  time = 100;
  block = 1n;
  chain = { shown: new Map(), revealed: new Set(), nonce: 0 };
  pool = new Map();
  calls = new Map();
  stored = new Map();
  held = () => evidence;
  isNodeUp = true;
  refused = 0;
  before = () => {};
  said = [];
  answerer = start();
});

const shownOf = (batch: bigint) => chain.shown.get(batch) ?? 0;

/** The court's own rule; undefined when it takes the call. */
function refusalOf(call: CourtCall): string | undefined {
  if (call.name === "reveal") return chain.revealed.has(call.index) ? "ReceiptCourt_NoOpenDemand()" : undefined;
  if (call.name !== "disclose") return "ReceiptCourt_NothingLocked()";
  const shown = shownOf(call.batch.number);
  const { first, end } = placesOf(call.range);
  return first <= shown && end > shown ? undefined : `ReceiptCourt_OutOfOrder(7, ${first}, ${shown})`;
}

function placesOf({ first, disclosures }: DisclosedRange) {
  return { first: Number(first), end: Number(first) + disclosures.length };
}

function show(batch: bigint, length: number): void {
  chain = { ...chain, shown: new Map(chain.shown).set(batch, shownOf(batch) + length) };
}

/** A block with everything of the pool that can be mined. */
function mine(): void {
  block += 1n;
  for (let next = pool.get(chain.nonce); next !== undefined; next = pool.get(chain.nonce)) {
    pool.delete(chain.nonce);
    chain = { ...chain, nonce: chain.nonce + 1 };
    const call = calls.get(next.hash)!;
    if (refusalOf(call) !== undefined) refused += 1;
    else if (call.name === "disclose") show(call.batch.number, placesOf(call.range).end - shownOf(call.batch.number));
    else if (call.name === "reveal") chain = { ...chain, revealed: new Set(chain.revealed).add(call.index) };
  }
}

/** The next nonce that nothing in chain or pool uses, as nodes count. */
function freeNonce(): number {
  let free = chain.nonce;
  while (pool.has(free)) free += 1;
  return free;
}

/** A process over the same books. */
function start(): DemandAnswerer {
  const court: CourtChain = {
    startBlock: 1n,
    head: async () => ({ number: block, hash: toHex(block, { size: 32 }), timestamp: BigInt(Math.floor(time)) }),
    timestampOf: async () => 0n,
    demands: async () => [],
    demandOf: async (batch, index) => {
      const shown = index === WHOLE_BATCH ? shownOf(batch) : 0;
      const isDone = index === WHOLE_BATCH ? shown === count : chain.revealed.has(index);
      return { state: isDone ? "revealed" : "open", shown };
    },
    header: async (number) => ({ number, receiptsRoot }) as Batch,
    clocks: async () => ({ trial: 100_000n, reveal: 10_000n }),
    refusal: async (call) => refusalOf(call),
    sign: async (call, replaced) => {
      const hash = toHex(calls.size + 1, { size: 32 });
      calls.set(hash, call);
      const isAlive = replaced !== undefined && replaced.accountNonce >= chain.nonce;
      return { hash, raw: "0x", accountNonce: isAlive ? Math.min(replaced.accountNonce, freeNonce()) : freeNonce() };
    },
    send: async (transaction) => {
      if (!isNodeUp) throw new Error("the node is away");
      if (transaction.accountNonce >= chain.nonce) pool.set(transaction.accountNonce, transaction);
    },
    shownBy: ({ hash }) => {
      const call = calls.get(hash);
      return call?.name === "disclose" ? placesOf(call.range) : undefined;
    },
    minedNonce: async () => chain.nonce,
  };
  return new DemandAnswerer({
    domain,
    chain: watched(court),
    ledger: watched(memoryDemands(stored, async (batch) => held(batch))),
    recheckDepth: 64n,
    keepSeconds: 0n,
    now: () => time,
    log: (message, facts = {}) => said.push({ message, facts }),
  });
}

/** The same port, with a look at each call. */
function watched<T extends object>(port: T): T {
  const look = ([name, value]: [string, unknown]) =>
    typeof value === "function"
      ? [
          name,
          (...parameters: unknown[]) => {
            before(name);
            return (value as (...all: unknown[]) => unknown)(...parameters);
          },
        ]
      : [name, value];
  return Object.fromEntries(Object.entries(port).map(look)) as T;
}

function demand(index = WHOLE_BATCH, batch = 7n): void {
  stored.set(`${batch}/${index}`, {
    batch,
    index,
    deadline: BigInt(deadline),
    state: "open",
    answeredAt: undefined,
    transaction: undefined,
  });
}

async function step(seconds = 1): Promise<void> {
  time += seconds;
  await answerer.step();
}

/** Blocks and steps until nothing is open. */
async function finish(most = 200): Promise<void> {
  for (let at = 0; at < most && [...stored.values()].some(({ state }) => state === "open"); at++) {
    await step();
    mine();
  }
  expect([...stored.values()].map(({ state }) => state)).not.toContain("open");
}

const inPool = () => [...pool.values()].map(({ hash }) => firstOf(calls.get(hash)!));
const firstOf = (call: CourtCall) => (call.name === "disclose" ? Number(call.range.first) : call.name);
const signed = () => [...calls.values()].map(firstOf);
const alarms = () => said.filter(({ message }) => /^A DEMAND/.test(message));

it("shows all in order, the next as soon as one is mined, one on its way at a time", async () => {
  demand();
  const onTheirWay: unknown[] = [];

  for (let at = 0; at < 3; at++) {
    await step(0.1);
    await step(0.1);
    onTheirWay.push(inPool());
    mine();
  }
  await step(0.1);

  expect(onTheirWay).toEqual([[0], [2], [4]]);
  expect(shownOf(7n)).toBe(count);
  expect(said).toEqual([
    {
      message: "shows a batch that was demanded whole",
      facts: { batch: 7n, receipts: 5n, shown: 0n, deadline: BigInt(deadline) },
    },
    { message: "a batch that was demanded whole is shown", facts: { batch: 7n, receipts: count } },
  ]);
});

it.each(["is mined", "is lost", "waits"])(
  "killed anywhere, it goes on where it was; what it had sent %s",
  async (fate) => {
    let isOver = false;
    for (let fatal = 1; !isOver; fatal++) {
      chain = { shown: new Map(), revealed: new Set(), nonce: 0 };
      [pool, calls, refused, block, time] = [new Map(), new Map(), 0, 1n, 100];
      stored.clear();
      demand();
      let questions = 0;
      before = () => {
        questions += 1;
        if (questions >= fatal) throw new Error("killed");
      };
      answerer = start();
      for (let at = 0; at < 8 && questions < fatal; at++) {
        await step().catch(() => {});
        if (questions < fatal || fate === "is mined") mine();
      }
      if (fate === "is lost") pool.clear();
      isOver = questions < fatal;
      before = () => {};
      answerer = start();
      await finish();
      expect([fatal, shownOf(7n), refused]).toEqual([fatal, count, 0]);
    }
  },
);

it("sends a dropped transaction again", async () => {
  demand();
  await step();
  pool.clear();
  await step(6);
  expect([signed(), inPool()]).toEqual([[0], [0]]);
});

it("replaces one that does not land, under its nonce", async () => {
  demand();
  for (let at = 0; at < 8; at++) await step(5);
  expect(signed()).toEqual([0, 0]);
  expect(pool.size).toBe(1);
});

it("signs anew when another transaction took the nonce", async () => {
  demand();
  await step();
  pool.clear();
  chain = { ...chain, nonce: 1 };
  await step();
  expect([signed(), inPool()]).toEqual([[0, 0], [0]]);
  await finish();
});

describe("a reorganisation takes back what was shown", () => {
  it("while more is on its way: what is behind the gap does not keep it", async () => {
    demand();
    await step();
    const old = chain;
    mine();
    await step();
    expect(inPool()).toEqual([2]);

    chain = old;
    pool.clear();
    await step(6);
    await finish(10);

    expect(shownOf(7n)).toBe(count);
    expect(alarms()).toEqual([]);
  });

  it("when all was shown", async () => {
    demand();
    await step();
    mine();
    const old = chain;
    await finish();

    chain = old;
    block += 1n;
    await step();

    expect(inPool()).toEqual([2]);
    await finish();
  });
});

describe("somebody else shows receipts", () => {
  it("before it began", async () => {
    demand();
    show(7n, 3);
    await step();
    expect(signed()).toEqual([3]);
  });

  it("while the same are on their way: they are replaced by the next", async () => {
    demand();
    await step();
    show(7n, 2);
    await step(6);
    expect([signed(), inPool()]).toEqual([[0, 2], [2]]);
    await finish();
    expect(refused).toBe(0);
  });

  it("some of those that are on their way: these count for the rest", async () => {
    demand();
    await step();
    show(7n, 1);
    await step(6);
    expect([signed(), inPool()]).toEqual([[0], [0]]);
    mine();
    expect([shownOf(7n), refused]).toEqual([2, 0]);
    await finish();
  });

  it("but does not replace them for what one endpoint says", async () => {
    demand();
    await step();
    const old = chain;
    show(7n, 2);
    await step(0.2);
    chain = old;
    await step(0.2);
    expect([signed(), inPool()]).toEqual([[0], [0]]);
  });

  it("between its look and its try: it goes on from there without a failure", async () => {
    demand();
    before = (what) => {
      if (what === "refusal" && shownOf(7n) === 0) show(7n, 2);
    };
    await step();
    await step(0.1);
    expect([signed(), alarms()]).toEqual([[2], []]);
  });

  it("all of them", async () => {
    demand();
    await step();
    show(7n, count);
    await step();
    expect(stored.get(`7/${WHOLE_BATCH}`)).toMatchObject({ state: "answered", transaction: undefined });
  });
});

it("says loudly that an endpoint is away, and goes on when it is back", async () => {
  demand();
  isNodeUp = false;
  await step();
  expect(alarms()[0]).toMatchObject({ facts: { batch: 7n, index: "whole", error: expect.stringContaining("away") } });
  isNodeUp = true;
  await step(6);
  await finish();
});

it("forgets failures as soon as receipts are shown: the next failure is tried again at once", async () => {
  demand();
  held = () => [];
  for (let at = 0; at < 8; at++) await step(100);
  held = () => evidence;
  await step(100);
  mine();
  isNodeUp = false;
  await step();

  expect(alarms().at(-1)?.facts.failures).toBe(1);
});

it("reads what stands behind a batch again when it was not that, and once when it was", async () => {
  const reads: bigint[] = [];
  held = (batch) => {
    reads.push(batch);
    return reads.length === 1 ? evidence.slice(1) : evidence;
  };
  demand();
  demand(0);

  await step();
  await step(10);
  await finish();

  expect(reads).toHaveLength(2);
});

it("says so when it is not shown in time, and signs nothing any more", async () => {
  demand();
  await step();
  mine();
  time = deadline - 1;
  await step();
  expect(alarms().map(({ message }) => message)).toEqual([expect.stringContaining("NOT ANSWERED IN TIME")]);
  expect(signed()).toEqual([0]);
});

it("answers single demands beside, and shows four batches at a time", async () => {
  for (const index of [0, 1, 2]) demand(index);
  for (const batch of [1n, 2n, 3n, 4n, 5n, 6n]) demand(WHOLE_BATCH, batch);
  demand(3);

  await step();
  expect(signed()).toEqual(["reveal", "reveal", "reveal", 0, 0, 0, 0, "reveal"]);
  await step();
  expect(signed()).toHaveLength(8);

  await finish();
  expect([1n, 2n, 3n, 4n, 5n, 6n].map(shownOf)).toEqual(Array.from({ length: 6 }, () => count));
});

it("shows the others when one cannot be shown", async () => {
  for (const batch of [1n, 2n, 3n, 4n, 5n]) demand(WHOLE_BATCH, batch);
  held = (batch) => (batch === 5n ? evidence : []);

  await step();

  expect(signed()).toHaveLength(1);
  expect(alarms()).toHaveLength(4);
});
