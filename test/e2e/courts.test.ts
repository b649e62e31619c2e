/** The courts between real nodes: a runner shows what it is asked for, an oracle takes a false batch down. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { callRpc, repositoryRoot } from "@openledger/script";
import {
  approveToken,
  ContentClient,
  compareReceipts,
  configCode,
  contentHash,
  createPayer,
  decodeBaseManifest,
  demandReceipt,
  EXACT_ENGINE,
  encodeBatchFile,
  packSettlementRows,
  parseOpen,
  pinBatches,
  programDescription,
  programRoot,
  RunnerClient,
  readBatchOpening,
  readReceiptDemand,
  readRefund,
  readSettledBatches,
  readTokenBalance,
  readVoidedAt,
  receiptCourtAbi,
  receiptHash,
  receiptTree,
  receiptVerifierAbi,
  registerBase,
  settle,
  stake,
  transferToken,
  weightsRoot,
} from "@openledger/sdk";
import { type Hex, parseEventLogs } from "viem";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { scriptedRunner } from "./scriptedRunner.js";
import { accountOf, STAKE, startWorld, type World } from "./world.js";

const PRICE = { perRequest: 1_000_003n, perPromptToken: 101n, perOutputToken: 10_007n };
const SPLIT = { protocolBps: 200, securityBps: 500, stakersBps: 800 };
const REVEALED = 2;
const FALSE_FEE = 5;

let world: World;
let content: ContentClient;
let root: Hex;

beforeAll(async () => {
  world = await startWorld(["postgres", "anvil", "contracts", "store", "runner", "oracle"]);
  const { rpc, store } = world.devnet.urls;
  content = new ContentClient({ url: store });
  await world.stakeNodes();
  // A second a block: what the nodes take is no matter for the courts' clocks.
  await callRpc(rpc, "anvil_setBlockTimestampInterval", [1]);
  await registerModel();
}, 240_000);

afterAll(() => world?.stop());

/** The shipped base, which the runner serves. */
async function registerModel(): Promise<void> {
  const folder = join(repositoryRoot, "engine", "models", "base");
  const file = (name: string) => readFile(join(folder, name));
  const [manifest, weights, tokenizer, config] = await Promise.all(
    ["manifest.json", "model.safetensors", "tokenizer.json", "config.json"].map(file),
  );
  await Promise.all([manifest!, weights!, tokenizer!, config!].map((bytes) => content.put(bytes)));
  const baseRoot = weightsRoot(weights!);
  root = programRoot(
    programDescription({
      engine: EXACT_ENGINE,
      architecture: JSON.parse(config!.toString("utf8")),
      tokenizerHash: contentHash(tokenizer!),
      baseRoot,
      adapterRoot: null,
      programId: decodeBaseManifest(manifest!).program.id,
    }),
  );
  await registerBase(world.clients.owner, {
    registration: {
      name: "base",
      weightsRoot: baseRoot,
      programRoot: root,
      manifestHash: contentHash(manifest!),
      price: PRICE,
      revenue: { modelBps: 1500, dataBps: 0 },
    },
  });
}

async function openingOf(batch: bigint) {
  await pinBatches(world.clients.payer);
  return (await readBatchOpening(world.clients.payer, batch))!;
}

async function courtEvents(batch: bigint) {
  const { receiptCourt, receiptVerifier } = world.deployment.addresses;
  const logs = await world.clients.payer.publicClient.getLogs({
    address: [receiptCourt, receiptVerifier],
    fromBlock: 0n,
  });
  const events = parseEventLogs({ abi: [...receiptCourtAbi, ...receiptVerifierAbi], logs });
  return events.filter(({ args }) => "batch" in args && args.batch === batch);
}

test("a runner is asked for a receipt by its payer and shows it", async () => {
  const { payer: client, runner } = world.clients;
  const runnerUrl = world.devnet.urls.runner;
  await vi.waitFor(async () => expect(await new RunnerClient({ url: runnerUrl }).models()).toHaveLength(1), {
    timeout: 60_000,
    interval: 200,
  });
  const payer = await createPayer({ client, runnerUrl });
  await payer.fund(parseOpen("1"));
  const { receipt } = await payer.ask({ model: 1n, prompt: "const a =", maxTokens: 8 });
  const settled = await vi.waitFor(
    async () => {
      const [batch] = await readSettledBatches(client, { runner: runner.account.address });
      expect(batch).toBeDefined();
      return batch!;
    },
    { timeout: 30_000, interval: 200 },
  );
  const before = await readTokenBalance(client, runner.account.address);

  await approveToken(client, { spender: world.deployment.addresses.receiptCourt, amount: parseOpen("5") });
  await demandReceipt(client, { opening: await openingOf(settled.header.number), index: 0 });
  await vi.waitFor(
    async () => expect((await readReceiptDemand(client, settled.header.number, 0)).state).toBe(REVEALED),
    { timeout: 30_000, interval: 100 },
  );

  const events = await courtEvents(settled.header.number);
  const revealed = events.find(({ eventName }) => eventName === "ReceiptRevealed")!.args as {
    readonly answerer: Hex;
    readonly revelation: { readonly placed: { readonly receipt: typeof receipt } };
  };
  expect(revealed.answerer).toBe(runner.account.address);
  expect(receiptHash(world.domain, revealed.revelation.placed.receipt)).toBe(receiptHash(world.domain, receipt));
  expect(await readTokenBalance(client, runner.account.address)).toBe(before + parseOpen("5"));
}, 120_000);

test("a batch whose fee is false is proven by the oracle, and its payer is paid back", async () => {
  const { payer: client, genesis, watcher: liar, oracle } = world.clients;
  await transferToken(genesis, { to: liar.account.address, amount: STAKE });
  await approveToken(liar, { spender: world.deployment.addresses.stakingManager, amount: STAKE });
  await stake(liar, { role: "Runner", amount: STAKE });
  const runner = scriptedRunner({
    account: accountOf("watcher"),
    payer: client.account.address,
    domain: world.domain,
    model: 1n,
    price: PRICE,
    programRoot: root,
    shares: [],
    records: [],
    methodHash: `0x${"00".repeat(32)}`,
    twist: (receipt) => ({ ...receipt, fee: receipt.fee + 1n, cumulative: receipt.cumulative + 1n }),
    before: () => {},
  });
  const payer = await createPayer({ client, runnerUrl: "http://runner", fetch: runner.fetch });
  await payer.fund(parseOpen("1"));
  await expect(payer.ask({ model: 1n, prompt: "const a =", maxTokens: 8 })).rejects.toMatchObject({ check: "fee" });

  const [{ payment, ...entry }] = [runner.answered[0]!];
  const receipts = [entry].sort((a, b) => compareReceipts(a.receipt, b.receipt));
  const file = encodeBatchFile({ ...world.domain, runner: liar.account.address, receipts });
  const { hash: dataHash } = await content.put(file);
  const { voucher, signature } = payment;
  const { cumulative } = entry.receipt;
  const row = { payer: client.account.address, channelSalt: 0n, voucher, signature, cumulative };
  const { event } = await settle(liar, {
    rows: packSettlementRows([row]),
    receiptsRoot: receiptTree(world.domain, [entry.receipt]).root,
    dataHash,
    expectedConfig: configCode(SPLIT),
  });
  const before = await readTokenBalance(client, client.account.address);

  await vi.waitFor(async () => expect((await readRefund(client, event!.batch)).entriesPaid).toBe(1), {
    timeout: 60_000,
    interval: 200,
  });

  expect(await readVoidedAt(client, event!.batch)).toBeGreaterThan(0n);
  const events = await courtEvents(event!.batch);
  expect(events.find(({ eventName }) => eventName === "BatchVoided")!.args).toMatchObject({
    fault: FALSE_FEE,
    runner: liar.account.address,
    bountyTo: oracle.account.address,
    refund: cumulative,
  });
  expect(await readTokenBalance(client, client.account.address)).toBe(before + cumulative);
}, 120_000);
