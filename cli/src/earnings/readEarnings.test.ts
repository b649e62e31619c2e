import {
  type AttributedReceipt,
  attributionHash,
  attributionRecordsHash,
  buildEpoch,
  contentHash,
  contractAbis,
  creditTree,
  type EpochFile,
  encodeBatchFile,
  encodeEpochFile,
  payoutTree,
  poolAccount,
  receiptTree,
  sharesHash,
} from "@openledger/sdk";
import { type Address, encodeAbiParameters, encodeEventTopics, getAddress, type Hex, pad, toHex } from "viem";
import { describe, expect, it } from "vitest";
import type { Connection } from "../connect.js";
import type { Earnings } from "./Earnings.js";
import { readEarnings } from "./readEarnings.js";

const market = pad("0x11", { size: 20 });
const oracle = pad("0x12", { size: 20 });
const domain = { chainId: 31_337, market };
const ada = getAddress(pad("0xada0", { size: 20 }).replace("0x00", "0xaa"));
const pool = poolAccount(1n);
const DATA_BPS = 5000;
const methodHash = pad("0x5");

function receiptOf(batch: number, index: number): AttributedReceipt {
  const shares = [
    { account: pool, share: 16_384 },
    { account: ada, share: 49_152 },
  ];
  const parts = { sharesHash: sharesHash(shares), recordsHash: attributionRecordsHash([]), methodHash };
  const words = { requestHash: methodHash, programRoot: methodHash, seed: methodHash, outputHash: methodHash };
  const receipt = {
    ...words,
    channel: pad(toHex(index + 1)),
    model: 2n,
    nonce: BigInt(batch),
    cumulative: 1000n * BigInt(batch),
    fee: 1000n,
    promptTokens: 1,
    outputTokens: 1,
    attributionHash: attributionHash(parts),
  };
  return { receipt, signature: "0x00", shares, records: [], methodHash };
}

type Row = Record<string, unknown> & { number: string };

/** Number of the newest block. */
const HEAD = 1000;
/** What the chain keeps of an epoch that is over. */
const FINAL = { state: 3, proposal: 0n, asOf: 1n };

/** A network of batches of two receipts each, an epoch over each of the first of them; the last epoch is in its window. */
class FakeNetwork {
  readonly files = new Map<Hex, Uint8Array>();
  /** Names of the files that were asked for. */
  readonly read: string[] = [];
  readonly #names = new Map<Hex, string>();
  readonly lists: EpochFile[] = [];
  readonly transactions = new Map<Hex, readonly object[]>();
  readonly #roots: Hex[] = [];
  /** What the index says; an honest one unless a test changes it. */
  readonly index: { epochs: Row[]; batches: Row[]; block: number } = { epochs: [], batches: [], block: HEAD };
  /** Numbers of batches that it gives for those that are asked for. */
  readonly instead = new Map<string, string>();
  /** A batch that was voided, and when; epochs reckon as of 1. */
  voided = 0n;
  voidedAt = 1n;
  paid = 7n;
  /** State of the newest epoch on chain, and timestamp of its newest proposal. */
  state = 2;
  asOf = 1n;
  /** Of the newest proposal on chain. */
  proposal: bigint;

  constructor(
    readonly batchCount: number,
    readonly epochCount: number,
    change: (file: EpochFile) => EpochFile = (file) => file,
  ) {
    this.proposal = BigInt(epochCount);
    if (epochCount < 2) this.paid = 0n;
    for (let number = 1; number <= batchCount; number++) this.#settle(number);
    for (let number = 1; number <= epochCount; number++) this.#post(number, change);
  }

  #settle(number: number): void {
    const receipts = [receiptOf(number, 0), receiptOf(number, 1)];
    const root = receiptTree(
      domain,
      receipts.map(({ receipt }) => receipt),
    ).root;
    this.#roots.push(root);
    const dataHash = this.#put(encodeBatchFile({ ...domain, runner: ada, receipts }), `batch ${number}`);
    this.index.batches.push({
      ...{ id: toHex(number, { size: 8 }), number: `${number}`, runner: { id: ada.toLowerCase() }, dataHash },
      ...{ receiptsRoot: root, amount: "1", dataAmount: "1", cumulativeData: "1", block: `${number}` },
      transaction: pad(toHex(number)),
    });
  }

  #post(number: number, change: (file: EpochFile) => EpochFile): void {
    const epoch = BigInt(number);
    const file = change(
      buildEpoch({
        ...{ epoch, firstBatch: epoch, lastBatch: epoch, stream: 1n, previous: this.lists.at(-1)?.payouts ?? [] },
        receipts: [receiptOf(number, 0), receiptOf(number, 1)].map(({ receipt, shares }, receiptIndex) => ({
          ...{ batch: epoch, receiptIndex, dataBps: DATA_BPS, shares },
          ...{ cumulative: receipt.cumulative, fee: receipt.fee },
        })),
      }),
    );
    this.lists.push(file);
    const isFinal = number < this.epochCount;
    const [proposedIn, finalizedIn] = [pad(toHex(1000 + number)), isFinal ? pad(toHex(2000 + number)) : null];
    const dataHash = this.#put(encodeEpochFile(file), `epoch ${number}`);
    const creditsRoot = creditTree(file.credits).root;
    const payoutsRoot = payoutTree(1n, file.payouts).root;
    const ids = { epoch, proposer: ada, proposal: epoch };
    const roots = { creditsRoot, payoutsRoot, dataHash, total: file.total };
    this.#emit(proposedIn, "EpochProposed", { ...ids, ...roots, asOf: 1n, bond: 1n, finalizableAt: 9n });
    if (finalizedIn !== null) this.#emit(finalizedIn, "EpochFinalized", { ...ids, payoutsRoot, total: file.total });
    this.index.epochs.push({
      ...{ id: toHex(number, { size: 8 }), number: `${number}`, firstBatch: `${number}`, lastBatch: `${number}` },
      ...{ dataAmount: "1", state: isFinal ? "Final" : "Proposed", proposer: null, creditsRoot, payoutsRoot, dataHash },
      ...{ total: `${file.total}`, asOf: "1", finalizableAt: "9", proposedIn, finalizedIn, proposals: [] },
    });
  }

  #put(bytes: Uint8Array, name: string): Hex {
    const hash = contentHash(bytes);
    this.files.set(hash, bytes);
    this.#names.set(hash, name);
    return hash;
  }

  /** Takes the newest epoch's roots back, on chain and in the index. */
  cancel(): void {
    const epoch = BigInt(this.epochCount);
    const transaction = this.cancelledIn(this.proposal);
    this.state = 1;
    const fields = [
      "proposer",
      "creditsRoot",
      "payoutsRoot",
      "dataHash",
      "total",
      "asOf",
      "finalizableAt",
      "proposedIn",
    ];
    Object.assign(this.row(epoch), Object.fromEntries(fields.map((field) => [field, null])), {
      state: "Open",
      proposals: [{ state: "Refuted", endedIn: transaction }],
    });
  }

  /** A transaction that cancelled a proposal of the newest epoch. */
  cancelledIn(proposal: bigint): Hex {
    const hash = pad(toHex(3000n + proposal));
    const who = { epoch: BigInt(this.epochCount), proposer: ada, prover: ada };
    this.#emit(hash, "EpochRefuted", { ...who, proposal, proof: 1, bounty: 1n });
    return hash;
  }

  /** The index's row of an epoch. */
  row(epoch: bigint): Row {
    return this.index.epochs.find(({ number }) => number === `${epoch}`)!;
  }

  #emit(
    hash: Hex,
    eventName: "EpochProposed" | "EpochFinalized" | "EpochRefuted",
    args: Readonly<Record<string, unknown>>,
  ): void {
    const abi = contractAbis.attributionOracle;
    const event = abi.find((item) => item.type === "event" && item.name === eventName) as unknown as {
      readonly inputs: readonly { readonly name: string; readonly type: string; readonly indexed: boolean }[];
    };
    const inputs = event.inputs.filter(({ indexed }) => !indexed);
    const data = encodeAbiParameters(
      inputs,
      inputs.map(({ name }) => args[name]),
    );
    const topics = encodeEventTopics({ abi, eventName, args: args as never });
    this.transactions.set(hash, [{ address: oracle, topics, data }]);
  }

  /** Has the store deliver other receipts for a batch's. */
  replace(batch: number, receipts: readonly AttributedReceipt[]): void {
    const [hash] = [...this.#names].find(([, name]) => name === `batch ${batch}`)!;
    this.files.set(hash, encodeBatchFile({ ...domain, runner: ada, receipts }));
  }

  get connection(): Connection {
    const fetch = async (_: unknown, init?: RequestInit) => {
      const { query } = JSON.parse(String(init?.body)) as { query: string };
      if (query.includes("_meta")) {
        const block = { number: this.index.block, hash: null };
        this.index.block = HEAD;
        return Response.json({ data: { _meta: { block, hasIndexingErrors: false } } });
      }
      const [, asked] = /number_lte: "(\d+)"/.exec(query) ?? [];
      const [, first] = /first: (\d+)/.exec(query) ?? [];
      const collection = query.includes("epoches") ? "epoches" : "receiptBatches";
      const last = Number(this.instead.get(asked!) ?? asked);
      const rows = (collection === "epoches" ? this.index.epochs : this.index.batches).filter(
        ({ number }) => Number(number) <= last,
      );
      return Response.json({ data: { [collection]: rows.reverse().slice(0, Number(first)) } });
    };
    const isNewest = (epoch: bigint) => epoch === BigInt(this.epochCount);
    const views: Readonly<Record<string, (args: readonly bigint[]) => unknown>> = {
      revenueAt: () => ({ modelBps: 0, dataBps: DATA_BPS }),
      claimedOf: ([, account]) => (`${account}` === ada ? this.paid : 0n),
      voidedAt: ([batch]) => (batch === this.voided ? this.voidedAt : 0n),
      epochCount: () => BigInt(this.epochCount),
      proposalCount: () => this.proposal,
      batchCount: () => BigInt(this.batchCount),
      epochOf: ([epoch]) => ({
        ...{ firstBatch: epoch, lastBatch: epoch, finalizableAt: 9n },
        ...(isNewest(epoch!) ? { state: this.state, proposal: this.proposal, asOf: this.asOf } : FINAL),
      }),
    };
    const publicClient = {
      getTransactionReceipt: async ({ hash }: { hash: Hex }) => ({ logs: this.transactions.get(hash) ?? [] }),
      getBlock: async () => ({ timestamp: 5n }),
      getBlockNumber: async () => BigInt(HEAD),
      readContract: async (call: { functionName: string; args: readonly bigint[] }) =>
        views[call.functionName]!(call.args),
      getContractEvents: async ({ args }: { args: { batch: readonly bigint[] } }) => [
        {
          args: {
            ...{
              batch: args.batch[0],
              runner: ada,
              amount: 1n,
              dataAmount: 1n,
              cumulativeData: 1n,
              dataHash: methodHash,
            },
            ...{ receiptsRoot: this.#roots[Number(args.batch[0]) - 1], settlements: "0x", details: "0x" },
          },
        },
      ],
    };
    const content = {
      get: async (hash: Hex) => {
        this.read.push(this.#names.get(hash)!);
        const bytes = this.files.get(hash);
        if (bytes === undefined) throw new Error("the store lost it");
        return bytes;
      },
    };
    const addresses = { attributionOracle: oracle, inferenceMarket: market, rewardDistributor: market };
    const deployment = { addresses: { ...addresses, receiptCourt: market, modelRegistry: market }, dataStream: 1n };
    return {
      ...{ graph: { url: "http://index", fetch }, content, domain },
      reader: { publicClient, deployment },
    } as unknown as Connection;
  }
}

const ask = (net: FakeNetwork, change: { limit?: number; before?: bigint; skip?: number; account?: Address } = {}) =>
  readEarnings(net.connection, { account: ada, limit: 100, before: undefined, skip: 0, ...change });
const failures = ({ checks }: Earnings) =>
  checks.filter(({ ok }) => !ok).map(({ name, subject }) => `${name}: ${subject}`);
/** Of each range its stage and epoch, the batches of its receipts, and how many more there are. */
const shape = ({ ranges }: Earnings) =>
  ranges.map(({ stage, epoch, receipts, more }) => [stage, epoch, receipts.map(({ batch }) => Number(batch)), more]);

/** Three quarters of half of 1,000. */
const EACH = 375n;

describe("an account's earnings", () => {
  it("are what its receipts give, from what waits to what is final", async () => {
    const earnings = await ask(new FakeNetwork(4, 3));

    expect([earnings.ok, failures(earnings)]).toEqual([true, []]);
    expect(shape(earnings)).toEqual([
      ["settled", undefined, [4, 4], 0],
      ["window", "3", [3, 3], 0],
      ["final", "2", [2, 2], 0],
      ["final", "1", [1, 1], 0],
    ]);
    const receipts = earnings.ranges.flatMap((range) => range.receipts);
    expect(new Set(receipts.map(({ amount, share }) => `${amount} ${share}`))).toEqual(new Set([`${EACH} 49152`]));
    expect(receipts.slice(0, 2).map(({ receiptIndex }) => receiptIndex)).toEqual([1, 0]);
    expect([earnings.credited, earnings.paid]).toEqual([{ epoch: "3", amount: `${6n * EACH}` }, "7"]);
    expect([earnings.earlier, earnings.next, earnings.unreadBatches]).toEqual([undefined, undefined, 0]);
  });

  it("go on where a listing ended, each receipt once", async () => {
    const net = new FakeNetwork(6, 5);
    const pages: Earnings[] = [await ask(net, { limit: 3 })];
    for (let next = pages[0]!.next; next !== undefined; next = pages.at(-1)!.next) {
      pages.push(await ask(net, { limit: 3, before: BigInt(next.before), skip: next.skip }));
    }

    expect(shape(pages[0]!)).toEqual([
      ["settled", undefined, [6, 6], 0],
      ["window", "5", [5], 1],
    ]);
    expect(pages[0]).toMatchObject({
      next: { before: "6", skip: 1 },
      earlier: { beforeEpoch: "5", amount: `${8n * EACH}` },
    });
    const listed = pages.flatMap(({ ranges }) => ranges.flatMap(({ receipts }) => receipts));
    expect(new Set(listed.map(({ receiptHash }) => receiptHash)).size).toBe(12);
    expect(listed).toHaveLength(12);
  });

  it("wait for no epoch in a batch that was voided", async () => {
    const net = new FakeNetwork(2, 0);
    net.voided = 2n;

    expect(shape(await ask(net))).toEqual([["settled", undefined, [1, 1], 0]]);
  });

  it("are looked for in so many epochs and batches, and no more", async () => {
    const net = new FakeNetwork(260, 52);
    const nobody = pad("0xbb", { size: 20 });
    const own = await ask(net, { limit: 1 });
    expect(own).toMatchObject({ unreadBatches: 8, ranges: [{ more: 399 }], next: { before: "53", skip: 0 } });

    net.read.length = 0;
    const earnings = await ask(net, { before: 53n });
    expect(net.read.filter((name) => name.startsWith("epoch"))).toHaveLength(50);
    expect(earnings.next).toEqual({ before: "3", skip: 0 });

    net.read.length = 0;
    await ask(net, { account: nobody, before: 53n });
    expect(net.read).toEqual(["epoch 52", "epoch 51"]);
  });

  it("go on behind what was left out where that reaches beyond the epochs that are read", async () => {
    const net = new FakeNetwork(60, 60);

    const { next, ranges } = await ask(net, { limit: 1, skip: 110 });

    expect([ranges, next]).toEqual([[], { before: "11", skip: 10 }]);
    const rest = await ask(net, { limit: 1, before: 11n, skip: 10 });
    expect(shape(rest)).toEqual([["final", "5", [5], 1]]);
  });

  it.each<[string, (file: EpochFile) => EpochFile, readonly string[]]>([
    [
      "a credit that its receipt does not give",
      (file) => {
        const change = { ...file.credits.at(-1)!, amount: 374n, running: 749n };
        return { ...file, credits: [...file.credits.slice(0, -1), change] };
      },
      ["payout: epoch 1", "credit: receipt 1 of batch 1"],
    ],
    [
      "a credit of a receipt that is not there",
      (file) => ({ ...file, credits: [...file.credits.slice(0, -1), { ...file.credits.at(-1)!, receiptIndex: 2 }] }),
      ["receipt: receipt 2 of batch 1"],
    ],
    [
      "running sums that do not add up",
      (file) => ({ ...file, credits: [...file.credits.slice(0, -1), { ...file.credits.at(-1)!, running: 751n }] }),
      ["credits_sum: epoch 1"],
    ],
    [
      "two pay-outs of one account",
      (file) => ({ ...file, payouts: [...file.payouts, ...file.payouts] }),
      ["payout_once: epoch 1"],
    ],
    [
      "pay-outs below the credits",
      (file) => ({ ...file, payouts: file.payouts.map((payout) => ({ ...payout, cumulative: 1n })) }),
      ["payout: epoch 1"],
    ],
  ])("name %s", async (_what, change, expected) => {
    const earnings = await ask(new FakeNetwork(1, 1, change));

    expect([earnings.ok, failures(earnings)]).toEqual([false, expected]);
  });

  it("name pay-outs that do not follow from those of the epoch before", async () => {
    const raised = (file: EpochFile): EpochFile =>
      file.epoch === 1n
        ? file
        : { ...file, payouts: file.payouts.map((payout) => ({ ...payout, cumulative: payout.cumulative + 1n })) };

    expect(failures(await ask(new FakeNetwork(2, 2, raised)))).toEqual(["payout: epoch 1"]);
  });

  it.each<[string, number, (file: EpochFile) => EpochFile]>([
    [
      "lowers what the account had before",
      100,
      (file) => ({ ...file, payouts: file.payouts.map((payout) => ({ ...payout, cumulative: 2n * EACH })) }),
    ],
    [
      "lowers it, where no more than its own credits is listed",
      2,
      (file) => ({ ...file, payouts: file.payouts.map((payout) => ({ ...payout, cumulative: 2n * EACH })) }),
    ],
    [
      "lowers it, where not even these all are",
      1,
      (file) => ({ ...file, payouts: file.payouts.map((payout) => ({ ...payout, cumulative: 2n * EACH })) }),
    ],
    [
      "leaves the account out",
      100,
      (file) => ({
        ...file,
        credits: file.credits.filter(({ contributor }) => contributor !== ada),
        payouts: file.payouts.filter(({ account }) => account !== ada),
      }),
    ],
  ])("name a root in its window that %s", async (_what, limit, change) => {
    const earnings = await ask(new FakeNetwork(3, 3, (file) => (file.epoch === 3n ? change(file) : file)), { limit });

    expect([earnings.ok, failures(earnings)]).toEqual([false, ["payout: epoch 2"]]);
  });

  it("name pay-outs of a first epoch that its credits do not give", async () => {
    const raised = (file: EpochFile): EpochFile => ({
      ...file,
      payouts: file.payouts.map((payout) => ({ ...payout, cumulative: payout.cumulative + 1n })),
    });

    const earnings = await ask(new FakeNetwork(1, 1, raised));

    expect([earnings.ok, failures(earnings)]).toEqual([false, ["payout: epoch 1"]]);
  });

  it("read the epoch before a root in its window once, and no epoch more for an account without credits", async () => {
    const net = new FakeNetwork(4, 4);

    const earnings = await ask(net, { account: pad("0xbb", { size: 20 }) });

    expect(net.read).toEqual(["epoch 4", "epoch 3"]);
    expect([earnings.ok, earnings.credited]).toEqual([true, { epoch: "4", amount: "0" }]);
    net.read.length = 0;
    expect((await ask(net, { limit: 1 })).ok).toBe(true);
    expect(net.read.filter((name) => name.startsWith("epoch"))).toEqual(["epoch 4", "epoch 3"]);
    net.read.length = 0;
    expect((await ask(net)).ok).toBe(true);
    expect(net.read.filter((name) => name.startsWith("epoch"))).toEqual(["epoch 4", "epoch 3", "epoch 2", "epoch 1"]);
  });

  it("name a file that was lost, or is not what the chain has, and go on", async () => {
    const net = new FakeNetwork(3, 3);
    net.files.delete(contentHash(encodeEpochFile(net.lists[2]!)));
    net.replace(1, [receiptOf(1, 0)]);

    const earnings = await ask(net);

    expect(failures(earnings)).toEqual(["epoch_file: epoch 3", "receipts_root: batch 1"]);
    expect(shape(earnings)).toEqual([
      ["final", "2", [2, 2], 0],
      ["final", "1", [1, 1], 0],
    ]);
    const [first] = earnings.ranges.at(-1)!.receipts;
    expect(first).toMatchObject({ amount: `${EACH}`, receiptHash: undefined, share: undefined });
  });

  it("take no other shares for those that a receipt was signed over", async () => {
    const net = new FakeNetwork(1, 0);
    const [honest, other] = [receiptOf(1, 0), receiptOf(1, 1)];
    net.replace(1, [honest, { ...other, shares: [{ account: ada, share: 65_536 }] }]);

    const earnings = await ask(net);

    expect(failures(earnings)).toEqual(["attribution_hash: receipt 1 of batch 1"]);
    expect(shape(earnings)).toEqual([["settled", undefined, [1], 0]]);
  });

  it("name what the index says of an epoch and the chain does not", async () => {
    const final = new FakeNetwork(2, 2);
    final.transactions.delete(pad(toHex(2001)));
    const unproven = await ask(final);
    expect(failures(unproven)).toEqual(["epoch_final: epoch 1"]);
    expect(unproven.ranges.at(-1)!.transactions).toMatchObject({ proposed: pad(toHex(1001)), finalized: undefined });

    const pending = new FakeNetwork(2, 2);
    pending.proposal = 3n;
    expect(failures(await ask(pending))).toEqual(["epoch_pending: epoch 2"]);

    const proposed = new FakeNetwork(2, 2);
    proposed.transactions.delete(pad(toHex(1002)));
    expect(failures(await ask(proposed))).toEqual(["epoch_proposed: epoch 2"]);
  });

  it("take no other lists for those whose roots are on chain", async () => {
    const net = new FakeNetwork(1, 1);
    const [file] = net.lists;
    net.files.set(contentHash(encodeEpochFile(file!)), encodeEpochFile({ ...file!, credits: [], payouts: [] }));

    const earnings = await ask(net);

    expect(failures(earnings)).toEqual(["credits_root: epoch 1", "payouts_root: epoch 1"]);
    expect([earnings.ranges, earnings.credited]).toEqual([[], undefined]);
  });

  it.each<[string, (net: FakeNetwork) => void, readonly string[]]>([
    ["hides an epoch", ({ index }) => void index.epochs.splice(1, 1), ["epoch_indexed: epoch 2"]],
    [
      "hides all epochs",
      ({ index }) => void index.epochs.splice(0),
      ["epoch_indexed: epoch 3", "epoch_indexed: epoch 2", "epoch_indexed: epoch 1"],
    ],
    ["has an epoch twice", ({ index }) => void index.epochs.push(index.epochs[2]!), ["epoch_indexed: epoch 3"]],
    [
      "gives an epoch other batches",
      (net) => void Object.assign(net.row(3n), { firstBatch: "1", lastBatch: "999" }),
      ["epoch_range: epoch 3"],
    ],
    [
      "says Open of an epoch in its window",
      (net) => void Object.assign(net.row(3n), { state: "Open" }),
      ["epoch_state: epoch 3"],
    ],
    ["says Final of it", (net) => void Object.assign(net.row(3n), { state: "Final" }), ["epoch_state: epoch 3"]],
    [
      "says Proposed of a final one",
      (net) => void Object.assign(net.row(2n), { state: "Proposed" }),
      ["epoch_state: epoch 2"],
    ],
    [
      "has a batch twice that waits",
      ({ index }) => void index.batches.push(index.batches[3]!),
      ["batch_indexed: batch 4"],
    ],
    ["hides the newest batch", ({ index }) => void index.batches.splice(4, 1), ["batch_indexed: batch 5"]],
    ["hides a batch before it", ({ index }) => void index.batches.splice(3, 1), ["batch_indexed: batch 4"]],
    [
      "gives another batch for the one that a credit names",
      ({ instead }) => void instead.set("1", "2"),
      ["batch_indexed: batch 1"],
    ],
  ])("name an index that %s", async (_what, change, expected) => {
    const net = new FakeNetwork(5, 3);
    change(net);

    const earnings = await ask(net);

    expect([earnings.ok, [...new Set(failures(earnings))]]).toEqual([false, expected]);
    // What is listed is the chain's all the same: the epochs' ranges and states, each receipt once.
    const chain = [
      ["settled", undefined, "4", "5"],
      ["window", "3", "3", "3"],
      ["final", "2", "2", "2"],
      ["final", "1", "1", "1"],
    ];
    for (const { stage, epoch, firstBatch, lastBatch } of earnings.ranges) {
      expect(chain).toContainEqual([stage, epoch, firstBatch, lastBatch]);
    }
    const places = earnings.ranges.flatMap(({ receipts }) => receipts.map((one) => `${one.batch}/${one.receiptIndex}`));
    expect(new Set(places).size).toBe(places.length);
  });

  it("do not depend on the order of the index", async () => {
    const net = new FakeNetwork(5, 3);
    const honest = await ask(net);
    net.index.epochs.reverse();
    net.index.batches.push(...net.index.batches.splice(3).reverse());

    expect(await ask(net)).toEqual(honest);
  });

  it("wait until the index has the block up to which the chain was asked", async () => {
    const net = new FakeNetwork(2, 2);
    net.index.block = HEAD - 1;

    expect((await ask(net)).ok).toBe(true);
    expect(net.index.block).toBe(HEAD);
  });

  it("say that an epoch's roots were cancelled, in which transaction, and which batches that leaves", async () => {
    const net = new FakeNetwork(3, 2);
    net.cancel();

    const earnings = await ask(net);

    expect([earnings.ok, failures(earnings)]).toEqual([true, []]);
    expect(shape(earnings)).toEqual([
      ["settled", undefined, [3, 3], 0],
      ["cancelled", "2", [2, 2], 0],
      ["final", "1", [1, 1], 0],
    ]);
    expect(earnings.ranges[1]!.transactions.cancelled).toBe(net.cancelledIn(2n));
    expect([earnings.credited, earnings.unproven]).toEqual([{ epoch: "1", amount: `${2n * EACH}` }, undefined]);
  });

  it.each<[string, string, (net: FakeNetwork) => void, readonly string[]]>([
    [
      "hides that roots were cancelled",
      "cancelled",
      (net) => void Object.assign(net.row(2n), { proposals: [] }),
      ["epoch_cancelled: epoch 2"],
    ],
    [
      "names the end of an earlier proposal",
      "cancelled",
      (net) => {
        net.proposal = 3n;
      },
      ["epoch_cancelled: epoch 2"],
    ],
    [
      "says that roots were cancelled where none were proposed",
      "open",
      (net) => {
        net.asOf = 0n;
      },
      ["epoch_cancelled: epoch 2"],
    ],
    [
      "says so of an epoch that was proposed again",
      "window",
      (net) => {
        net.state = 2;
        net.proposal = 3n;
      },
      ["epoch_state: epoch 2", "epoch_proposed: epoch 2"],
    ],
    ["hides an open epoch", "cancelled", ({ index }) => void index.epochs.splice(1, 1), ["epoch_indexed: epoch 2"]],
  ])("name an index that %s", async (_what, stage, change, expected) => {
    const net = new FakeNetwork(3, 2);
    net.cancel();
    change(net);

    const earnings = await ask(net);

    expect([earnings.ok, failures(earnings)]).toEqual([false, expected]);
    const found = earnings.ranges.filter(({ epoch }) => epoch === "2").map((range) => range.stage);
    expect(found).toEqual(stage === "window" ? [] : [stage]);
    expect(earnings.ranges.map(({ transactions }) => transactions.cancelled)).not.toContain(net.cancelledIn(2n));
  });

  it("say that an open epoch has had no roots", async () => {
    const net = new FakeNetwork(3, 2);
    net.cancel();
    net.asOf = 0n;
    net.row(2n).proposals = [];

    const earnings = await ask(net);

    expect([earnings.ok, shape(earnings)[1]]).toEqual([true, ["open", "2", [2, 2], 0]]);
  });

  it("name what was paid beyond all that final epochs credit", async () => {
    const net = new FakeNetwork(3, 3);
    net.paid = 4n * EACH;
    expect((await ask(net)).ok).toBe(true);

    net.paid += 1n;

    expect(failures(await ask(net))).toEqual([`paid: ${ada}`]);
    expect(failures(await ask(net, { limit: 1 }))).toEqual([`paid: ${ada}`]);
    // Of older epochs more may have been paid than they credit.
    expect((await ask(net, { before: 2n })).ok).toBe(true);
  });

  it("name a receipt that is credited twice, or before its epoch", async () => {
    const again =
      (batch: bigint) =>
      (file: EpochFile): EpochFile =>
        file.epoch !== 2n ? file : { ...file, credits: file.credits.map((credit) => ({ ...credit, batch })) };

    expect(failures(await ask(new FakeNetwork(3, 2, again(1n))))).toEqual([
      "credit_once: receipt 1 of batch 1",
      "credit_once: receipt 0 of batch 1",
    ]);
    expect(failures(await ask(new FakeNetwork(3, 2, again(3n))))).toEqual([
      "credit_batch: receipt 1 of batch 3",
      "credit_batch: receipt 0 of batch 3",
    ]);
  });

  it("name a credit of a batch that was void as of its epoch", async () => {
    const net = new FakeNetwork(3, 2);
    net.voided = 2n;
    const expected = ["credit_void: receipt 1 of batch 2", "credit_void: receipt 0 of batch 2"];
    expect(failures(await ask(net))).toEqual(expected);

    net.voidedAt = 2n;

    expect((await ask(net)).ok).toBe(true);
  });

  it("say up to which epoch roots in their window are counted", async () => {
    expect((await ask(new FakeNetwork(2, 2))).unproven).toBe("2");
    expect((await ask(new FakeNetwork(2, 2), { before: 2n })).unproven).toBeUndefined();
  });

  it("list nothing where the chain does not answer", async () => {
    const net = new FakeNetwork(2, 2);
    const { connection } = net;
    const silent = { ...connection.reader.publicClient, readContract: () => Promise.reject(new Error("no answer")) };
    const reader = { ...connection.reader, publicClient: silent as never };

    const earnings = await readEarnings(
      { ...connection, reader },
      { account: ada, limit: 9, before: undefined, skip: 0 },
    );

    expect(failures(earnings)).toEqual(["progress: the chain", `paid: ${ada}`]);
    expect([earnings.ok, earnings.ranges, earnings.credited]).toEqual([false, [], undefined]);
  });
});
