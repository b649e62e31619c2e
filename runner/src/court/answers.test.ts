/** Demands of receipts on a real chain: the runner shows what it is asked for, whoever asks, killed and cut off as it may be. */

import { inspect } from "node:util";
import {
  approveToken,
  demandReceipt,
  pinBatches,
  type Receipt,
  readBatchOpening,
  readPool,
  readReceiptDemand,
  readTokenBalance,
  receiptCourtAbi,
  receiptHash,
  receiptVerifierAbi,
  WHOLE_BATCH,
} from "@openledger/sdk";
import { parseEventLogs } from "viem";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { open, TestNetwork } from "../testing/TestNetwork.js";
import { receiptIn, TestPayer } from "../testing/TestPayer.js";
import { type RunnerProcess, serveAside, serveHere, type TestRunner } from "../testing/TestRunner.js";

const REVEALED = 2;
const ABSENT = 3;

let network: TestNetwork;
let model: bigint;
let env: Record<string, string>;
let runner: TestRunner | undefined;
let payer: TestPayer;

beforeAll(async () => {
  network = await TestNetwork.start();
  model = await network.registerBase();
  // A second a block: what a test takes is no matter for the court's clocks.
  await network.rpc("anvil_setBlockTimestampInterval", [1]);
}, 240_000);

afterAll(() => network?.stop());

beforeEach(async () => {
  env = { ...(await network.env()), SETTLE_RECEIPTS: "3", RECHECK_BLOCKS: "2" };
  payer = new TestPayer(await network.payer(4), network.account(1).address, model);
  await payer.open(open);
  await approveToken(payer.client, { spender: network.deployment.addresses.receiptCourt, amount: 1000n * open });
});

afterEach(async () => {
  await network.rpc("evm_setAutomine", [true]);
  await runner?.stop();
  runner = undefined;
});

/** Buys answers, three if not told, and waits until they are settled. */
async function settledBatch(
  prompts: readonly string[] = ["a", "b", "c"],
): Promise<{ readonly batch: bigint; readonly receipts: readonly Receipt[] }> {
  const receipts: Receipt[] = [];
  for (const prompt of prompts) {
    const reply = await payer.ask(runner!.url, payer.request(prompt, { maxTokens: 4 }));
    expect(reply.status, JSON.stringify(reply.body)).toBe(200);
    receipts.push(receiptIn(reply));
  }
  const url = `${runner!.url}/v1/receipts/${receiptHash(payer.domain, receipts.at(-1)!)}`;
  return vi.waitFor(
    async () => {
      const { settlement } = (await (await fetch(url)).json()) as { settlement: { batch: string } };
      return { batch: BigInt(settlement.batch), receipts };
    },
    { timeout: 20_000, interval: 20 },
  );
}

async function demand(batch: bigint, index: number): Promise<void> {
  const opening = await openingOf(batch);
  await demandReceipt(payer.client, { opening, index });
}

async function openingOf(batch: bigint) {
  const pinned = await readBatchOpening(payer.client, batch);
  if (pinned !== undefined) return pinned;
  await pinBatches(payer.client);
  return (await readBatchOpening(payer.client, batch))!;
}

const stateOf = async (batch: bigint, index: number) => (await readReceiptDemand(payer.client, batch, index)).state;
const untilAnswered = (batch: bigint, index: number, state: number) =>
  vi.waitFor(async () => expect(await stateOf(batch, index), said()).toBe(state), { timeout: 20_000, interval: 20 });
const said = () => inspect(runner?.logged, { depth: 3 });

async function courtEvents(batch: bigint) {
  const { receiptCourt, receiptVerifier } = network.deployment.addresses;
  const logs = await payer.client.publicClient.getLogs({ address: [receiptCourt, receiptVerifier], fromBlock: 0n });
  const events = parseEventLogs({ abi: [...receiptCourtAbi, ...receiptVerifierAbi], logs });
  return events.filter(({ args }) => "batch" in args && args.batch === batch);
}

test("shows a demanded receipt with all it stands on, is paid the deposit, and has its stake released", async () => {
  runner = await serveHere(env, 1);
  const { batch, receipts } = await settledBatch();
  const before = await readTokenBalance(payer.client, network.account(1).address);

  await demand(batch, 1);
  await untilAnswered(batch, 1, REVEALED);
  await vi.waitFor(
    async () => {
      await network.rpc("anvil_mine", ["0x1"]);
      expect((await courtEvents(batch)).at(-1)?.eventName).toBe("StakeReleased");
    },
    { timeout: 20_000, interval: 200 },
  );

  const events = await courtEvents(batch);
  expect(events.map(({ eventName }) => eventName)).toEqual([
    "ReceiptDemanded",
    "ReceiptRevealed",
    "DemandAnswered",
    "StakeReleased",
  ]);
  const revealed = events[1]!.args as { revelation: { placed: { receipt: Receipt } } };
  expect(receiptHash(payer.domain, revealed.revelation.placed.receipt)).toBe(receiptHash(payer.domain, receipts[1]!));
  expect(await readTokenBalance(payer.client, network.account(1).address)).toBe(before + 5n * open);
});

test("shows that a batch has no receipt of a number", async () => {
  runner = await serveHere(env, 1);
  const { batch } = await settledBatch();

  await demand(batch, 3);

  await untilAnswered(batch, 3, ABSENT);
});

test("killed when it is asked: it answers after the restart, once", async () => {
  runner = await serveAside(env, 1);
  const { batch } = await settledBatch();
  const opening = await openingOf(batch);
  await (runner as RunnerProcess).kill();

  await demandReceipt(payer.client, { opening, index: 0 });
  runner = await serveAside(env, 1);
  await untilAnswered(batch, 0, REVEALED);
  await network.rpc("anvil_mine", ["0x3"]);

  expect((await courtEvents(batch)).filter(({ eventName }) => eventName === "DemandAnswered")).toHaveLength(1);
});

test("killed after sending, its transaction lost: the same answer is sent again", async () => {
  runner = await serveAside(env, 1);
  const { batch } = await settledBatch();
  await demand(batch, 0).then(() => network.rpc("evm_setAutomine", [false]));
  await demandLanded(batch);
  await (runner as RunnerProcess).kill();
  await network.rpc("anvil_dropAllTransactions", []);
  await network.rpc("evm_setAutomine", [true]);

  runner = await serveAside(env, 1);

  await untilAnswered(batch, 0, REVEALED);
  expect((await courtEvents(batch)).filter(({ eventName }) => eventName === "DemandAnswered")).toHaveLength(1);
});

/** Either the answer waits in the pool or it was mined at once: both are what a kill may meet. */
async function demandLanded(batch: bigint): Promise<void> {
  await vi.waitFor(
    async () => {
      const { pending } = (await network.rpc("txpool_status", [])) as { pending: string };
      expect(Number(pending) > 0 || (await stateOf(batch, 0)) === REVEALED).toBe(true);
    },
    { timeout: 10_000, interval: 10 },
  );
}

test("a reorganisation takes demand and answer away: it answers when it is asked again", async () => {
  runner = await serveHere({ ...env, RECHECK_BLOCKS: "64" }, 1);
  const { batch } = await settledBatch();
  const opening = await openingOf(batch);
  const snapshot = await network.rpc("evm_snapshot", []);
  await demandReceipt(payer.client, { opening, index: 2 });
  await untilAnswered(batch, 2, REVEALED);

  await network.rpc("evm_revert", [snapshot]);
  expect(await stateOf(batch, 2)).toBe(0);
  await demandReceipt(payer.client, { opening, index: 2 });
  await untilAnswered(batch, 2, REVEALED);
});

describe("a whole batch of more receipts than a transaction shows", () => {
  const receiptCount = 180;
  let batch: bigint;
  let receipts: readonly Receipt[];

  beforeEach(async () => {
    // The local court takes answers for two seconds: all that follows on a demand is in one.
    await network.rpc("anvil_setBlockTimestampInterval", [0]);
    runner = await serveHere({ ...env, SETTLE_RECEIPTS: `${receiptCount}`, RECHECK_BLOCKS: "64" }, 1);
    ({ batch, receipts } = await settledBatch(Array.from({ length: receiptCount }, (_, at) => `${at}`)));
  }, 60_000);

  afterEach(() => network.rpc("anvil_setBlockTimestampInterval", [1]));

  const untilShown = () => untilAnswered(batch, WHOLE_BATCH, REVEALED);
  const stakeOfRunner = async () => (await readPool(payer.client, network.account(1).address, "Runner")).own;

  test("is shown by the runner itself, and nothing is slashed", async () => {
    const stake = await stakeOfRunner();

    await demand(batch, WHOLE_BATCH);
    await untilShown();

    const events = await courtEvents(batch);
    expect(events.map(({ eventName }) => eventName)).toEqual([
      "ReceiptDemanded",
      "ReceiptsDisclosed",
      "ReceiptsShown",
      "ReceiptsDisclosed",
      "ReceiptsShown",
      "DemandAnswered",
    ]);
    const shown = events.flatMap(({ args }) =>
      "disclosures" in args ? args.disclosures.map(({ receipt }) => receiptHash(payer.domain, receipt)) : [],
    );
    expect(shown).toEqual(receipts.map((receipt) => receiptHash(payer.domain, receipt)));
    expect(await stakeOfRunner()).toBe(stake);
    await vi.waitFor(
      () => {
        const lines = runner!.logged.filter(({ facts }) => facts.batch === batch).map(({ message }) => message);
        expect(lines).toEqual([
          "settled a batch",
          "shows a batch that was demanded whole",
          "a batch that was demanded whole is shown",
        ]);
      },
      { timeout: 20_000, interval: 50 },
    );
  });

  test("is shown though a reorganisation takes back what was shown and loses what was on its way", async () => {
    const opening = await openingOf(batch);
    await network.rpc("evm_setAutomine", [false]);
    const demanded = demandReceipt(payer.client, { opening, index: WHOLE_BATCH });
    await mineOne();
    await demanded;
    await pooled();
    const snapshot = await network.rpc("evm_snapshot", []);
    await mineOne();
    await pooled();
    expect(await shown()).toBeGreaterThan(0n);

    await network.rpc("evm_revert", [snapshot]);
    await network.rpc("anvil_dropAllTransactions", []);
    expect(await shown()).toBe(0n);
    await network.rpc("evm_setAutomine", [true]);

    await untilShown();
    expect(runner!.logged.filter(({ message }) => /^A DEMAND/.test(message))).toEqual([]);
  });

  const shown = async () => (await readReceiptDemand(payer.client, batch, WHOLE_BATCH)).shown;
  const pooled = () =>
    vi.waitFor(async () => expect(await network.rpc("txpool_status", []), said()).toMatchObject({ pending: "0x1" }), {
      timeout: 10_000,
      interval: 10,
    });
  const mineOne = () => pooled().then(() => network.rpc("evm_mine", []));
});

test("forgets what stood behind a batch when its trial is over, but not the newest voucher", async () => {
  runner = await serveAside({ ...env, KEEP_DAYS: "0" }, 1);
  const { batch, receipts } = await settledBatch();
  const status = async (receipt: Receipt) =>
    (await fetch(`${runner!.url}/v1/receipts/${receiptHash(payer.domain, receipt)}`)).status;
  await (runner as RunnerProcess).kill();
  const clocks = { trial: 6, reveal: 2 };
  await network.rpc("anvil_mine", [`0x${(clocks.trial + 2 * clocks.reveal).toString(16)}`]);

  runner = await serveAside({ ...env, KEEP_DAYS: "0" }, 1);

  await vi.waitFor(async () => expect(await status(receipts[0]!)).toBe(404), { timeout: 10_000, interval: 20 });
  expect([await status(receipts[1]!), await status(receipts[2]!)]).toEqual([404, 200]);
  expect((await payer.ask(runner.url, payer.request("d"))).status).toBe(200);
  expect(batch > 0n).toBe(true);
});
