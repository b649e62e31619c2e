/** What the store says of the courts, by events as they are followed, in a real database. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Devnet, startDevnet } from "@openledger/script";
import { WHOLE_BATCH } from "@openledger/sdk";
import { type Address, type Hex, numberToHex, pad } from "viem";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { ReceiptCheck } from "../attribute/ReceiptFault.js";
import { eventValue, type ProtocolContract, type ProtocolEvent } from "../chain/ProtocolEvent.js";
import { BatchLedger } from "./BatchLedger.js";
import type { SettledBatch } from "./ChainFacts.js";
import { ChainLedger } from "./ChainLedger.js";
import { CourtFacts } from "./CourtFacts.js";
import { Database } from "./Database.js";
import { ShownReceipts } from "./ShownReceipts.js";

const [ours, others] = [1, 2].map((at) => pad(numberToHex(at), { size: 20 })) as [Address, Address];
const share = { account: others, share: 65_536 };
const signature = pad("0xcd", { size: 65 });

let folder: string;
let net: Devnet;
let databases = 0;
let database: Database;
let ledger: ChainLedger;
let head: bigint;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "oracle-store-"));
  net = await startDevnet({ stateDir: folder, ports: "free", services: ["postgres"] });
}, 120_000);

afterAll(async () => {
  await net?.stop();
  rmSync(folder, { recursive: true, force: true });
});

beforeEach(async () => {
  database = new Database(await net.database(`store${++databases}`), () => {});
  await database.migrate();
  ledger = new ChainLedger(database);
  head = 0n;
});

afterEach(async () => {
  await database.close();
});

/** One more block, with one event. @param branch Blocks of other branches have other hashes. */
async function follow(name: string, args: Readonly<Record<string, unknown>>, branch: Hex = "0xa"): Promise<bigint> {
  head += 1n;
  const [hash, parentHash] = [head, head - 1n].map((at) => pad(`${branch}${at.toString(16).padStart(4, "0")}`));
  const contract: ProtocolContract =
    name.startsWith("ReceiptsD") || name.endsWith("Revealed") ? "receiptVerifier" : "receiptCourt";
  const event: ProtocolEvent = {
    ...{ block: head, blockHash: hash!, logIndex: 0, transactionHash: pad("0x1"), contract, name },
    args: eventValue({ batch: 3n, ...args }) as ProtocolEvent["args"],
  };
  await ledger.apply({ kind: "blocks", headers: [{ number: head, hash: hash!, parentHash }], events: [event] });
  return head;
}

async function orphan(ancestor: bigint): Promise<void> {
  await ledger.apply({ kind: "reorganisation", ancestor, newest: head });
  head = ancestor;
}

function disclosure(nonce: number) {
  const word = pad("0x7");
  const receipt = {
    ...{
      channel: word,
      model: 2n,
      nonce: BigInt(nonce),
      cumulative: 100n,
      fee: 100n,
      promptTokens: 3,
      outputTokens: 5,
    },
    ...{ requestHash: word, programRoot: word, seed: word, outputHash: word, attributionHash: word },
  };
  return { receipt, attribution: { shares: [share], recordsHash: pad("0x8"), methodHash: pad("0x9") } };
}

function entry(nonce: number, signed?: Hex) {
  const { receipt, attribution } = disclosure(nonce);
  return { receipt, signature: signed, records: [], ...attribution };
}

const disclose = (first: number, length: number, branch?: Hex) => {
  const disclosures = Array.from({ length }, (_, at) => disclosure(first + at));
  return follow("ReceiptsDisclosed", { first: BigInt(first), answerer: others, disclosures }, branch);
};
const reveal = (index: number) => {
  const { receipt, attribution } = disclosure(index);
  const revelation = { placed: { receipt, index: BigInt(index) }, runnerSignature: signature, attribution };
  return follow("ReceiptRevealed", { index, answerer: others, revelation });
};
const show = (shown: number, paid: bigint, rest: bigint) =>
  follow("ReceiptsShown", { answerer: others, shown: BigInt(shown), count: 3n, paid, rest });
const demand = (index: number, deposit: bigint, demander: Address = ours) =>
  follow("ReceiptDemanded", { index, demander, deposit, deadline: 9n });
const answer = (index: number, deposit: bigint) =>
  follow("DemandAnswered", { index, answerer: others, state: 2, count: 3n, deposit });
const giveBack = (index: number, deposit: bigint) => follow("DepositReturned", { index, demander: ours, deposit });

describe("receipts that the court had shown", () => {
  const shown = () => new ShownReceipts(database).ofBatch(3n);

  it("are put together of the pieces in which the whole batch was shown, without signatures", async () => {
    await disclose(0, 1);
    await show(1, 1n, 0n);
    await disclose(1, 2);

    const { receipts, count } = await shown();

    expect([...receipts]).toEqual([0, 1, 2].map((at) => [at, entry(at)]));
    expect(count).toBe(3);
  });

  it("are in their order, and as they were shown alone where they were: with their signatures", async () => {
    await reveal(3);
    await disclose(0, 2);
    await reveal(2);
    await reveal(1);

    const { receipts, count } = await shown();

    expect([...receipts]).toEqual([
      [0, entry(0)],
      [1, entry(1, signature)],
      [2, entry(2, signature)],
      [3, entry(3, signature)],
    ]);
    expect(count).toBeUndefined();
  });

  it("are those of the branch that stands", async () => {
    const ancestor = await disclose(0, 1);
    await disclose(1, 2);
    await answer(WHOLE_BATCH, 1n);
    await orphan(ancestor);
    const before = await shown();
    await disclose(1, 1, "0xb");

    expect([[...before.receipts.keys()], before.count]).toEqual([[0], undefined]);
    expect([...(await shown()).receipts.keys()]).toEqual([0, 1]);
  });
});

describe("what lies with the courts or was lost to them", () => {
  const outlays = async () => [...(await new CourtFacts(database).outlays(ours))].sort();
  const whole = `demand 3/${WHOLE_BATCH}`;

  it("is the deposit of a demand, until it came back", async () => {
    await demand(1, 5n);
    await demand(2, 5n);
    await demand(WHOLE_BATCH, 80n);
    await demand(4, 5n, others);
    await answer(1, 5n);
    await giveBack(2, 5n);
    await giveBack(WHOLE_BATCH, 80n);

    expect(await outlays()).toEqual([
      ["demand 3/1", 5n],
      ["demand 3/2", 0n],
      [whole, 0n],
    ]);
  });

  it("is the deposit of a leaf's demand, until it came back", async () => {
    const leaf = { proposal: 7n, tree: 0, index: 8n };
    await follow("LeafDemanded", { ...leaf, demander: ours, deposit: 5n });
    const before = await outlays();
    await follow("DepositReturned", { ...leaf, to: ours, deposit: 5n });

    expect([before, await outlays()]).toEqual([[["leaf 7/0/8", 5n]], [["leaf 7/0/8", 0n]]]);
  });

  it("is of a whole batch what its showing earned: nothing is back before the last piece", async () => {
    await demand(1, 5n);
    const demanded = await demand(WHOLE_BATCH, 80n);
    await show(1, 2n, 0n);
    const before = await outlays();
    await show(3, 3n, 75n);
    const after = await outlays();
    await orphan(demanded);

    expect([before, after, await outlays()]).toEqual(
      [80n, 5n, 80n].map((net) => [
        ["demand 3/1", 5n],
        [whole, net],
      ]),
    );
  });

  it("is what a first piece earned, when the rest was kept back", async () => {
    await demand(WHOLE_BATCH, 80n);
    await show(1, 2n, 0n);
    await giveBack(WHOLE_BATCH, 78n);

    expect(await outlays()).toEqual([[whole, 2n]]);
  });
});

describe("what is withheld", () => {
  const now = new Date(0);

  /** @param faults One a receipt. */
  async function judge(ledgers: BatchLedger, faults: readonly (ReceiptCheck | undefined)[]): Promise<SettledBatch> {
    const block = await follow("BatchSettled", {});
    const [row] = await database.query<{ hash: Hex }>("select hash from blocks where number = $1", [block]);
    const batch = { batch: 3n, block, blockHash: row!.hash } as SettledBatch;
    await ledgers.begin(batch, now);
    for (const [receiptIndex, check] of faults.entries()) {
      const fault = check === undefined ? undefined : { check, asked: "one", found: "another" };
      const { batch: number } = batch;
      const terms = { hash: pad("0x5"), model: 2n, cumulative: 1n, fee: 1n, shares: [] };
      await ledgers.judge(batch, { batch: number, receiptIndex, ...terms, fault }, now);
    }
    return batch;
  }

  it("is what the file has not of its receipts: shares, or a signature alone", async () => {
    const batches = new BatchLedger(database);
    const batch = await judge(batches, ["signature", undefined, "attribution_hash", "fee", "attribution_hash"]);
    const before = await batches.withheld();
    await batches.finish(batch, 5);

    expect([before, await batches.withheld()]).toEqual([
      [],
      [{ batch: 3n, isRefused: false, unattributed: [2, 4], unsigned: [0] }],
    ]);
  });

  it("is a batch that was refused, until it is read again or void", async () => {
    const batches = new BatchLedger(database);
    const refused = await judge(batches, []);
    await batches.refuse(refused, "nobody has it");
    const before = await batches.withheld();
    await batches.reread(refused, [], now);
    const during = await batches.withheld();
    await batches.refuse(refused, "nobody has it");
    await follow("BatchVoided", {});

    expect([before, during, await batches.withheld()]).toEqual([
      [{ batch: 3n, isRefused: true, unattributed: [], unsigned: [] }],
      [],
      [],
    ]);
  });

  it("is nothing of a batch in which all is there", async () => {
    const batches = new BatchLedger(database);
    await batches.finish(await judge(batches, [undefined, "fee"]), 2);

    expect(await batches.withheld()).toEqual([]);
  });
});
