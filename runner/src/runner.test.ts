import { inspect } from "node:util";
import {
  createPayer,
  isActive,
  readChannel,
  readModelClaimed,
  requestHash,
  SHARE_WHOLE,
  voucherTypedData,
} from "@openledger/sdk";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { type Runner, startRunner } from "./startRunner.js";
import { open, TestNetwork } from "./testing/TestNetwork.js";
import { bodyOf, receiptIn, TestPayer } from "./testing/TestPayer.js";

let network: TestNetwork;
let base: bigint;
let adapter: bigint;
let runner: Runner | undefined;
let url = "";
const logged: { message: string; facts: Readonly<Record<string, unknown>> }[] = [];

beforeAll(async () => {
  network = await TestNetwork.start();
  base = await network.registerBase();
  adapter = (await network.registerAdapter(base)).model;
}, 240_000);

afterAll(() => network?.stop());

afterEach(async () => {
  await runner?.stop();
  runner = undefined;
});

async function serve(more: Readonly<Record<string, string>> = {}): Promise<void> {
  logged.length = 0;
  runner = await startRunner(
    await network.config(more),
    (message, facts = {}) => logged.push({ message, facts }),
    (error) => {
      throw error;
    },
  );
  url = `http://127.0.0.1:${runner.port}`;
  await vi.waitFor(
    async () => {
      const listed = (await (await fetch(`${url}/v1/models`)).json()) as { data: unknown[] };
      expect(listed.data.length, inspect(logged, { depth: 4 })).toBeGreaterThanOrEqual(2);
    },
    { timeout: 30_000, interval: 20 },
  );
}

async function fundedPayer(index: number, model: bigint, amount = open): Promise<TestPayer> {
  const client = await network.payer(index);
  const payer = new TestPayer(client, network.account(1).address, model);
  await payer.open(amount);
  return payer;
}

test("a payer gets an attributed answer, verifies it against the chain, and it is settled", async () => {
  await serve({ SETTLE_RECEIPTS: "2" });
  const client = await network.payer(4);
  const payer = await createPayer({ client, runnerUrl: url });
  await payer.fund(open);

  const first = await payer.ask({ model: adapter, prompt: "const alpha7 = (x) => x", maxTokens: 12 });
  const pieces: string[] = [];
  const second = await payer.ask(
    { model: adapter, prompt: "const beta14 =", maxTokens: 12 },
    { onText: (text) => pieces.push(text) },
  );

  expect(first.receipt.nonce).toBe(1n);
  expect(second.receipt.cumulative).toBe(first.fee + second.fee);
  expect(pieces.join("")).toBe(second.text);
  expect(first.attribution.shares.reduce((sum, { share }) => sum + share, 0)).toBe(SHARE_WHOLE);
  for (const record of first.attribution.records) {
    expect(["MIT", "Apache-2.0"]).toContain(record.licence);
    expect(record.excerpt.length).toBeGreaterThan(0);
  }
  await vi.waitFor(
    async () => expect(await readModelClaimed(client, payer.channel, adapter)).toBe(second.receipt.cumulative),
    { timeout: 20_000, interval: 50 },
  );
  await vi.waitFor(async () => {
    const view = await (await fetch(`${url}/v1/receipts/${first.receiptHash}`)).json();
    expect(view).toMatchObject({ settlement: { batch: expect.stringMatching(/^\d+$/) } });
  });
  const disclosed = await payer.disclose(first.receiptHash);
  expect(disclosed.request.prompt).toBe("const alpha7 = (x) => x");
  expect(disclosed.outputTokens).toEqual(first.outputTokens);
});
