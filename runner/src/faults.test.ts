/** What is killed, lost or taken back in the middle: nothing is paid twice, nothing is lost. */
import {
  inferenceMarketAbi,
  type Receipt,
  readChannel,
  readModelClaimed,
  receiptHash,
  receiptTree,
  VOUCHER_HEADER,
} from "@openledger/sdk";
import pg from "pg";
import { decodeFunctionData, type Hex } from "viem";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { open, TestNetwork } from "./testing/TestNetwork.js";
import { bodyOf, receiptIn, TestPayer } from "./testing/TestPayer.js";
import { serveAside, serveHere, type TestRunner } from "./testing/TestRunner.js";

let network: TestNetwork;
let model: bigint;
let env: Record<string, string>;
let runner: TestRunner | undefined;
let payer: TestPayer;

beforeAll(async () => {
  network = await TestNetwork.start();
  model = await network.registerBase();
}, 240_000);

afterAll(() => network?.stop());

beforeEach(async () => {
  env = await network.env();
  payer = new TestPayer(await network.payer(4), network.account(1).address, model);
  await payer.open(open);
});

afterEach(async () => {
  await network.rpc("evm_setAutomine", [true]);
  await runner?.stop();
  runner = undefined;
});

async function receiptsFor(prompts: readonly string[]): Promise<readonly Receipt[]> {
  const receipts: Receipt[] = [];
  for (const prompt of prompts) {
    const reply = await payer.ask(runner!.url, payer.request(prompt));
    expect(reply.status, JSON.stringify(reply.body)).toBe(200);
    receipts.push(receiptIn(reply));
  }
  return receipts;
}

async function batches() {
  const logs = await payer.client.publicClient.getContractEvents({
    address: network.deployment.addresses.inferenceMarket,
    abi: inferenceMarketAbi,
    eventName: "BatchSettled",
    fromBlock: 0n,
    strict: true,
  });
  return logs.map(({ args, transactionHash }) => ({ ...args, transactionHash }));
}

const claimed = () => readModelClaimed(payer.client, payer.channel, model);
const pooled = async () => Number(((await network.rpc("txpool_status", [])) as { pending: string }).pending);
const mine = () => network.rpc("evm_mine", []);
const untilSettled = (receipts: readonly Receipt[]) =>
  vi.waitFor(
    async () => {
      expect(await claimed()).toBe(receipts.at(-1)!.cumulative);
      const { body } = await receiptView(receipts.at(-1)!);
      expect(body.settlement).toBeDefined();
    },
    { timeout: 20_000, interval: 20 },
  );
const receiptView = async (receipt: Receipt) => {
  const response = await fetch(`${runner!.url}/v1/receipts/${receiptHash(payer.domain, receipt)}`);
  // biome-ignore lint/suspicious/noExplicitAny: what a client sees, looked into by assertions.
  return { body: (await response.json()) as any };
};

test("killed after sending, before the block: the batch it finds on the chain is not sent again", async () => {
  runner = await serveAside({ ...env, SETTLE_RECEIPTS: "3" }, 1);
  const before = (await batches()).length;
  await network.rpc("evm_setAutomine", [false]);
  const receipts = await receiptsFor(["a", "b", "c"]);
  await vi.waitFor(async () => expect(await pooled()).toBe(1), { timeout: 10_000, interval: 20 });

  await (runner as Awaited<ReturnType<typeof serveAside>>).kill();
  await mine();
  runner = await serveAside(env, 1);
  await untilSettled(receipts);

  const made = (await batches()).slice(before);
  expect(made.map(({ receiptsRoot, amount }) => ({ receiptsRoot, amount }))).toEqual([
    { receiptsRoot: receiptTree(payer.domain, receipts).root, amount: receipts.at(-1)!.cumulative },
  ]);
});

test("killed and its transaction lost: the same batch is sent again and pays once", async () => {
  runner = await serveAside({ ...env, SETTLE_RECEIPTS: "3" }, 1);
  const before = (await batches()).length;
  await network.rpc("evm_setAutomine", [false]);
  const receipts = await receiptsFor(["a", "b", "c"]);
  await vi.waitFor(async () => expect(await pooled()).toBe(1), { timeout: 10_000, interval: 20 });

  await (runner as Awaited<ReturnType<typeof serveAside>>).kill();
  await network.rpc("anvil_dropAllTransactions", []);
  await network.rpc("evm_setAutomine", [true]);
  runner = await serveAside(env, 1);
  await untilSettled(receipts);

  const made = (await batches()).slice(before);
  expect(made.map(({ receiptsRoot }) => receiptsRoot)).toEqual([receiptTree(payer.domain, receipts).root]);
  const channel = await readChannel(payer.client, payer.channel);
  expect(channel.claimed).toBe(receipts.at(-1)!.cumulative);
});

/** No receipt is stored until it is let go, or PostgreSQL ends: however fast an answer is, it waits to be charged. */
async function holdReceipts(connectionString: string): Promise<{ release(): Promise<void> }> {
  const client = new pg.Client({ connectionString });
  client.on("error", () => {});
  await client.connect();
  await client.query("begin");
  await client.query("lock table receipts in share row exclusive mode");
  return { release: () => client.end() };
}

test("killed while it answers: the request is answered after the restart, charged once, with the same seed", async () => {
  runner = await serveAside(env, 1);
  const request = payer.request("const a = ", { maxTokens: 480, temperatureMilli: 1300 });
  const header = await payer.header(request, payer.voucher(request));
  const held = await holdReceipts(env.DATABASE_URL!);
  const broken = fetch(`${runner.url}/v1/completions`, {
    method: "POST",
    headers: { "content-type": "application/json", [VOUCHER_HEADER]: header },
    body: JSON.stringify({ ...bodyOf(request), stream: true }),
  });
  const reader = (await broken).body!.getReader();
  await reader.read();

  await (runner as Awaited<ReturnType<typeof serveAside>>).kill();
  await expect(drain(reader)).rejects.toThrow();
  await held.release();
  runner = await serveAside(env, 1);
  await vi.waitFor(
    async () => {
      const view = await (await fetch(`${runner!.url}/v1/channels/${payer.channel}`)).json();
      expect(view).toMatchObject({ models: { [`${model}`]: { nonce: "1" } } });
    },
    { timeout: 30_000, interval: 50 },
  );
  const answer = await payer.ask(runner.url, request, header);

  expect(answer.status).toBe(200);
  expect(receiptIn(answer)).toMatchObject({ nonce: 1n, seed: expect.stringMatching(/^0x[0-9a-f]{64}$/) });
  expect(receiptIn(answer).cumulative).toBe(receiptIn(answer).fee);
});

async function drain(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<void> {
  while (!(await reader.read()).done);
}

test("PostgreSQL killed while a request is answered: a typed 503, then the same voucher is answered and charged once", async () => {
  runner = await serveHere(env, 1);
  const [first] = await receiptsFor(["a"]);
  const request = payer.request("const b = ", { maxTokens: 480, temperatureMilli: 1300 });
  const header = await payer.header(request, payer.voucher(request));
  await holdReceipts(env.DATABASE_URL!);
  const response = await fetch(`${runner.url}/v1/completions`, {
    method: "POST",
    headers: { "content-type": "application/json", [VOUCHER_HEADER]: header },
    body: JSON.stringify({ ...bodyOf(request), stream: true }),
  });
  const reader = response.body!.getReader();
  const begun = await reader.read();
  const stopped = network.net.stopService("postgres");
  await network.net.kill("postgres", "SIGKILL").catch(() => {});
  await stopped;
  const rest = await textOf(reader);
  const down = await payer.ask(runner.url, payer.request("c"));
  const health = await fetch(`${runner.url}/health`);

  expect(begun.done).toBe(false);
  expect(rest).toContain('"database_unavailable"');
  expect(rest).not.toContain("[DONE]");
  expect([down.status, down.body.error.code, down.body.error.retryable]).toEqual([503, "database_unavailable", true]);
  expect(health.status).toBe(503);

  await network.net.startService("postgres");
  const answer = await vi.waitFor(
    async () => {
      const reply = await payer.ask(runner!.url, request, header);
      expect(reply.status).toBe(200);
      return reply;
    },
    { timeout: 30_000, interval: 100 },
  );
  expect(receiptIn(answer).cumulative).toBe(first!.cumulative + receiptIn(answer).fee);
  expect(receiptIn(answer).nonce).toBe(2n);
  expect(runner.logged.map(({ message }) => message)).not.toContain("fatal");
});

async function textOf(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return text;
    text += decoder.decode(value, { stream: true });
  }
}

test("a reorganisation that takes a settled batch away: it is settled again, once", async () => {
  runner = await serveHere({ ...env, SETTLE_RECEIPTS: "2" }, 1);
  const snapshot = (await network.rpc("evm_snapshot", [])) as Hex;
  const receipts = await receiptsFor(["a", "b"]);
  await untilSettled(receipts);

  await network.rpc("evm_revert", [snapshot]);
  expect(await claimed()).toBe(0n);
  await network.rpc("anvil_mine", ["0x3"]);
  await untilSettled(receipts);

  const root = receiptTree(payer.domain, receipts).root;
  const settled = (await batches()).filter(({ receiptsRoot }) => receiptsRoot === root);
  expect(settled).toHaveLength(1);
  // It can settle these receipts' fees alone, whatever became of those before.
  const { input } = await payer.client.publicClient.getTransaction({ hash: settled[0]!.transactionHash });
  const { args } = decodeFunctionData({ abi: inferenceMarketAbi, data: input });
  expect((args![3] as bigint) >> 32n).toBe(receipts.reduce((sum, { fee }) => sum + fee, 0n));
  expect(runner.logged.map(({ message }) => message)).toContain(
    "a reorganisation took a settled batch away: it is settled again",
  );
});

test("an expired voucher waits for a newer one, which pays for both answers", async () => {
  runner = await serveHere({ ...env, SETTLE_SECONDS: "0", VOUCHER_HORIZON_SECONDS: "1" }, 1);
  const short = payer.request("a");
  const soon = BigInt(Math.floor(Date.now() / 1000) + 4);
  const first = await payer.ask(runner.url, short, await payer.header(short, payer.voucher(short, { deadline: soon })));
  await vi.waitFor(
    () =>
      expect(runner!.logged.map(({ facts }) => facts)).toContainEqual(
        expect.objectContaining({ channel: payer.channel, reason: "voucher_expired", count: 1 }),
      ),
    { timeout: 10_000, interval: 20 },
  );
  expect(await claimed()).toBe(0n);

  const [second] = await receiptsFor(["b"]);
  await untilSettled([second!]);

  expect(second!.cumulative).toBe(receiptIn(first).fee + second!.fee);
  const root = receiptTree(payer.domain, [receiptIn(first), second!]).root;
  expect((await batches()).at(-1)).toMatchObject({ receiptsRoot: root, amount: second!.cumulative });
});

test("stopped by SIGTERM it finishes what it answers and settles what is owed", async () => {
  runner = await serveAside(env, 1);
  const request = payer.request("const a = ", { maxTokens: 200 });
  const answering = payer.ask(runner.url, request);
  await vi.waitFor(
    async () => {
      const health = await (await fetch(`${runner!.url}/health`)).json();
      expect(health).toMatchObject({ inFlight: 1 });
    },
    { timeout: 10_000, interval: 5 },
  );

  await runner.stop();
  const answer = await answering;

  expect(answer.status).toBe(200);
  expect(await claimed()).toBe(receiptIn(answer).cumulative);
});
