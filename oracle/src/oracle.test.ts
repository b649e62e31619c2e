import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { callRpc, type Devnet, startDevnet } from "@openledger/script";
import {
  type AttributedReceipt,
  approveToken,
  attributionOracleAbi,
  buildEpoch,
  type Credit,
  type CreditedReceipt,
  claim,
  creditTree,
  type Deployment,
  demandLeaf,
  type EpochFile,
  encodeEpochFile,
  isPoolAccount,
  leafReveal,
  openEpoch,
  openTokenAbi,
  type Payout,
  parseDeployment,
  parseOpen,
  payoutClaim,
  payoutTree,
  poolAccount,
  proposeEpoch,
  readClaimed,
  readEpoch,
  readSettledBatches,
  readStream,
  receiptCourtAbi,
  receiptHash,
  revealLeaf,
  transferToken,
} from "@openledger/sdk";
import { getAddress, type Hex, parseEventLogs } from "viem";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { systemClock } from "./Clock.js";
import type { OracleConfig } from "./config.js";
import type { Log } from "./Log.js";
import { type Oracle, openOracle } from "./openOracle.js";
import { eventually } from "./testing/eventually.js";
import { makeBaseModel } from "./testing/makeBaseModel.js";
import { accounts, contributorAccounts, dataBps, ProtocolScene, type SettledAnswers } from "./testing/ProtocolScene.js";
import { testAccount, testKey } from "./testing/testAccount.js";

const EPOCH_SECONDS = 45;
/** The hash of a file that nobody has. */
const nowhere: Hex = `0x${"ab".repeat(32)}`;

let folder: string;
let net: Devnet;
let deployment: Deployment;
let scene: ProtocolScene;
/** Every batch the scene settled, in order. */
const settled: SettledAnswers[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "oracle-"));
  const modelDir = join(folder, "model");
  [net] = await Promise.all([
    startDevnet({
      stateDir: join(folder, "net"),
      ports: "free",
      services: ["postgres", "anvil", "contracts", "store"],
    }),
    makeBaseModel(modelDir),
  ]);
  deployment = parseDeployment(net.deployment);
  // A block for each transaction while the scene is set; then a block a second, as the clocks need.
  await callRpc(net.urls.rpc, "evm_setAutomine", [true]);
  scene = await ProtocolScene.open({ deployment, rpcUrl: net.urls.rpc, storeUrl: net.urls.store, modelDir });
  await callRpc(net.urls.rpc, "evm_setIntervalMining", [1]);
}, 240_000);

afterAll(async () => {
  await scene?.close();
  await net?.stop();
  rmSync(folder, { recursive: true, force: true });
});

describe("an honest epoch", () => {
  it("pays contributors and pool the batch's whole data part", async () => {
    settled.push(await scene.settleAnswers(3));
    const oracle = await startOracle("honest", "propose");

    const final = await finalEpoch(1n);
    const file = await epochFile(oracle, 1n);
    await oracle.stop();

    expect(file.credits.length).toBeGreaterThan(0);
    expect(file).toEqual(honestLists(1n, [settled[0]!], []));
    expect(final.total).toBe(final.dataAmount);
    const paid = await claimAll(file);
    expect(paid).toBe(final.dataAmount - poolPart(file));
    expect((await readStream(scene.client(0), deployment.dataStream)).claimed).toBe(paid);
    expect([...scene.askers]).toEqual([testAccount(accounts.oracle).address]);
    const { bond, allowance } = await oracleFunds();
    expect(allowance <= 8n * bond).toBe(true);
  });

  it("shows what is pending before it can be claimed", async () => {
    settled.push(await scene.settleAnswers(1));
    const oracle = await startOracle("pending", "watch");
    const contributor = contributorAccounts.map((index) => testAccount(index).address);

    await eventually("the batch", EPOCH_SECONDS, async () => {
      const verified = "select from batches where batch = $1 and state = 'verified'";
      return (await oracle.oracle.database.query(verified, [settled[1]!.batch])).length === 1;
    });
    const pending = await Promise.all(
      [poolAccount(1n), ...contributor].map((account) => oracle.oracle.view.pending(account)),
    );
    await oracle.stop();

    const lists = honestLists(2n, [settled[1]!], (await honestPayouts(1n)).payouts);
    const earned = lists.credits.reduce((sum, credit) => sum + credit.amount, 0n);
    expect(pending.reduce((sum, { amount }) => sum + amount, 0n)).toBe(earned);
  });
});

describe("a false epoch", () => {
  const lies: readonly [string, number, (honest: EpochFile) => Lie][] = [
    [
      "whose first running total is not its amount",
      1,
      (honest) => ({ ...honest, credits: withCredit(honest, 0, { running: 1n }) }),
    ],
    ["whose running totals do not add up", 1, (honest) => ({ ...honest, credits: bumpLast(honest) })],
    ["whose credits are out of order", 1, (honest) => ({ ...honest, credits: swap(honest.credits) })],
    ["with a credit for a batch outside it", 2, (honest) => relist(honest, [...honest.credits, strayBatch(honest)])],
    ["that leaves out what somebody earned", 3, (honest) => relist(honest, honest.credits.slice(0, -1))],
    [
      "with a credit for a receipt that the batch does not have",
      2,
      (honest) => relist(honest, [...honest.credits, strayReceipt(honest)]),
    ],
    ["with a credit of a wrong amount", 2, (honest) => relist(honest, shortened(honest))],
    ["that pays one account what another earned", 4, (honest) => moveOne(honest)],
    ["that drops an account", 4, (honest) => withoutFirst(honest)],
    ["that pays a stranger", 4, (honest) => withStranger(honest)],
    ["whose pay-outs are out of order", 5, (honest) => ({ ...honest, ...resum(swap(honest.payouts)) })],
    ["whose running sums do not add up", 6, (honest) => ({ ...honest, payouts: bumpSum(honest.payouts) })],
    ["whose first running sum is wrong", 6, (honest) => ({ ...honest, payouts: bumpFirstSum(honest.payouts) })],
    ["whose total is not the sum of its pay-outs", 6, (honest) => ({ ...honest, total: honest.total - 1n })],
  ];
  let watcher: RunningOracle;
  let honest: EpochFile;

  beforeAll(async () => {
    honest = honestLists(2n, [settled[1]!], (await honestPayouts(1n)).payouts);
    await openEpoch(scene.client(accounts.liar));
    watcher = await startOracle("watcher", "watch");
  }, 60_000);

  afterAll(() => watcher.stop());

  it.each(lies)("%s is cancelled by proof %i", async (_what, kind, lie) => {
    const proposed = await proposeLie(lie(honest));

    const refuted = await eventually("the refutation", 8, async () => (await refutations(proposed))[0]);

    expect(refuted.args.proof).toBe(kind);
    expect(refuted.args.prover).toBe(testAccount(accounts.watcher).address);
    expect((await readEpoch(scene.client(0), 2n)).state).toBe(1);
  });

  it("is followed by the honest one, which is final and claimable", async () => {
    const oracle = await startOracle("honest", "propose");

    const final = await finalEpoch(2n);
    const file = await epochFile(oracle, 2n);
    await oracle.stop();

    expect(file).toEqual(honest);
    const before = (await honestPayouts(1n)).total;
    expect(final.total).toBe(before + final.dataAmount);
    expect(await claimAll(file)).toBe(final.dataAmount - (poolPart(file) - poolPart(await honestPayouts(1n))));
  });
});

describe("a withheld epoch", () => {
  let watcher: RunningOracle;
  let honest: EpochFile;

  beforeAll(async () => {
    settled.push(await scene.settleAnswers(1));
    await openEpoch(scene.client(accounts.liar));
    honest = honestLists(3n, [settled[2]!], (await honestPayouts(2n)).payouts);
    watcher = await startOracle("watcher", "watch");
  }, 60_000);

  afterAll(() => watcher.stop());

  it("is cancelled when its proposer does not answer a demand", async () => {
    const proposed = await proposeRoots({ ...honest, credits: withCredit(honest, 0, { running: 1n }) }, nowhere);

    const refuted = await eventually("the refutation", 20, async () => (await refutations(proposed))[0]);

    expect(refuted.args).toMatchObject({ proof: 7, prover: testAccount(accounts.watcher).address });
    expect(watcher.faults.some((fault) => fault.startsWith("WITHHELD: epoch 3"))).toBe(true);
  });

  it("is cancelled by a proof when the answers show what is false", async () => {
    const lie = { ...honest, credits: withCredit(honest, 0, { running: 1n }) };
    const proposed = await proposeRoots(lie, nowhere);
    const answering = new AbortController();
    const answers = answerDemands(lie, proposed, answering.signal);

    const refuted = await eventually("the refutation", 20, async () => (await refutations(proposed))[0]);
    answering.abort();

    expect(refuted.args).toMatchObject({ proof: 1, prover: testAccount(accounts.watcher).address });
    expect(await answers).toBeGreaterThan(0);
  });

  it("stands when its roots are the true ones, and whoever knows the leaves answers for it", async () => {
    const payer = scene.client(accounts.deployer);
    await approveToken(payer, { spender: deployment.addresses.attributionOracle, amount: 2n ** 90n });
    const { hash } = await scene.content.put(encodeEpochFile({ ...honest, credits: [] }));
    // Opening takes longer than demands are taken on a busy machine, so it comes before the proposal; run before that, the
    // oracle would propose itself.
    const oracle = await startOracle("honest", "propose", { run: false });
    await oracle.oracle.node.follow();
    const proposed = await proposeRoots(honest, hash);
    const proposal = (await oracleLogs(proposed)).find((log) => log.eventName === "EpochProposed")!.args.proposal;
    oracle.run();
    await demandLeaf(payer, { proposal, tree: "credits", index: 0n });

    await finalEpoch(3n);
    expect(await epochFile(oracle, 3n)).toEqual(honest);
    await oracle.stop();

    const answered = (await oracleLogs(proposed)).filter((log) => log.eventName === "DemandAnswered");
    expect(answered.map(({ args }) => args.revealer)).toEqual([expect.stringMatching(/^0x/)]);
    expect(await refutations(proposed)).toEqual([]);
  });

  it("is paid out in ranges by a keeper", async () => {
    const oracle = await startOracle("keeper", "watch", { pushedLeast: 1n });
    const contributor = honest.payouts.filter(({ account }) => !isPoolAccount(account));

    await eventually("the claims", 30, async () => {
      const claimed = await Promise.all(
        contributor.map(({ account }) => readClaimed(scene.client(0), honest.stream, account)),
      );
      return claimed.every((amount, at) => amount === contributor[at]!.cumulative);
    });
    await oracle.stop();
  });
});

describe("a false receipt", () => {
  let batch: SettledAnswers;
  let falseIndex = -1;
  let hiddenIndex = -1;
  let forgedIndex = -1;

  beforeAll(async () => {
    let signed = 0;
    let forged: Hex | undefined;
    // Of the third answer the runner changes one token, and attributes what it has made of it.
    scene.lie = (tokens) => (signed === 2 ? tokens.with(1, (tokens[1]! + 1) % 512) : tokens);
    batch = await scene.settleAnswers(2, (entry) => {
      signed += 1;
      if (signed === 3) forged = entry.receipt.outputHash;
      if (signed !== 1) return entry;
      // The runner gives all to one of the contributors, and signs it.
      const shares = [{ account: testAccount(10).address, share: 65_536 }];
      return { ...entry, receipt: { ...entry.receipt, attributionHash: scene.commit({ ...entry, shares }) }, shares };
    });
    settled.push(batch);
    const isFalse = ({ shares }: AttributedReceipt) => shares.length === 1 && shares[0]!.share === 65_536;
    falseIndex = batch.receipts.findIndex(isFalse);
    scene.lie = (tokens) => tokens;
    forgedIndex = batch.receipts.findIndex(({ receipt }) => receipt.outputHash === forged);
    hiddenIndex = [0, 1, 2, 3].find((index) => index !== falseIndex && index !== forgedIndex)!;
    // Of another one the runner does not say what stands behind it.
    scene.disclosures.delete(receiptHash(scene.domain, batch.receipts[hiddenIndex]!.receipt));
    await openEpoch(scene.client(accounts.liar));
  }, 60_000);

  it("is named with what was asked and found, and credited all the same when its trial is over", async () => {
    await eventually("the end of its trial", 20, async () => {
      const client = scene.client(0);
      const [settled] = await readSettledBatches(client, { numbers: [batch.batch] });
      return (await client.publicClient.getBlock()).timestamp >= settled!.header.settledAt + (await trialPeriod());
    });
    const oracle = await startOracle("honest", "propose", { graceSeconds: 3 });

    const final = await finalEpoch(4n);
    const file = await epochFile(oracle, 4n);
    const disputed = await oracle.oracle.view.disputed((await oracle.oracle.view.epoch(4n))!);
    await oracle.stop();

    const found = new Map(disputed.map(({ receiptIndex, fault }) => [receiptIndex, fault?.check]));
    expect(found).toEqual(
      new Map([
        [falseIndex, "shares"],
        [hiddenIndex, "undisclosed"],
        [forgedIndex, "output"],
      ]),
    );
    expect(file).toEqual(honestLists(4n, [batch], (await honestPayouts(3n)).payouts));
    expect(final.total).toBe(file.total);
    expect(oracle.faults.filter((fault) => fault.includes("was opened, for its trial is over"))).toHaveLength(3);
  });
});

describe("faults around the oracle", () => {
  it("follows a reorganisation of three blocks", async () => {
    // Blocks that hold nothing would come out the same on the new branch.
    await transferToken(scene.client(0), { to: testAccount(9).address, amount: 1n });
    await callRpc(net.urls.rpc, "anvil_mine", ["0x2"]);
    const oracle = await startOracle("reorganised", "watch", { run: false });
    await oracle.oracle.node.follow();
    const before = await oracle.oracle.database.query<{ number: string; hash: Hex }>(
      "select number, hash from blocks order by number desc limit 4",
    );

    const head = Number(await scene.client(0).publicClient.getBlockNumber());
    const depth = Math.max(3, head - Number(before[0]!.number) + 3);
    await callRpc(net.urls.rpc, "anvil_reorg", [depth, []]);
    await callRpc(net.urls.rpc, "evm_mine", []);
    await oracle.oracle.node.follow();

    const heights = before.map(({ number }) => number);
    const after = await oracle.oracle.database.query<{ number: string; hash: Hex }>(
      "select number, hash from blocks where number = any($1) order by number desc",
      [heights],
    );
    const actual = await Promise.all(
      heights.map((number) => scene.client(0).publicClient.getBlock({ blockNumber: BigInt(number) })),
    );
    expect(after.map(({ hash }) => hash)).toEqual(actual.map(({ hash }) => hash));
    expect(after.map(({ hash }) => hash)).not.toEqual(before.map(({ hash }) => hash));
    await oracle.stop();
  });

  it("takes back a batch that a reorganisation orphaned, and reads it again", async () => {
    const oracle = await startOracle("orphans", "watch");
    const batch = await scene.settleAnswers(1);
    const judged = () =>
      oracle.oracle.database.query("select from batches where batch = $1 and state = 'verified'", [batch.batch]);
    await eventually("the batch", 10, async () => (await judged()).length === 1);
    const block = (
      await oracle.oracle.database.query<{ block: string }>("select block from batches where batch = $1", [batch.batch])
    )[0]!.block;
    const head = await scene.client(0).publicClient.getBlockNumber();

    await callRpc(net.urls.rpc, "anvil_reorg", [Number(head - BigInt(block)) + 1, []]);
    await eventually("its removal", 10, async () => (await judged()).length === 0);

    // The same settlement, sent again on the new branch.
    settled.push(await scene.settleAgain(batch));
    await eventually("the batch again", 10, async () => (await judged()).length === 1);
    await oracle.stop();
  });

  it("lets a transaction that is no longer right land no more", async () => {
    const { oracle, stop } = await startOracle("outbox", "watch", { run: false });
    await callRpc(net.urls.rpc, "evm_setIntervalMining", [0]);
    const approve = (amount: bigint, signal: AbortSignal) =>
      oracle.outbox.submit(
        {
          purpose: `approve ${amount}`,
          address: deployment.addresses.openToken,
          abi: openTokenAbi,
          functionName: "approve",
          args: [testAccount(9).address, amount],
        },
        signal,
      );

    const stale = await approve(1n, AbortSignal.abort());
    const again = await approve(1n, AbortSignal.abort());
    const right = await approve(2n, AbortSignal.abort());
    await callRpc(net.urls.rpc, "evm_setIntervalMining", [1]);
    const landed = await approve(2n, AbortSignal.timeout(5000));
    await stop();

    expect([stale.kind, again, right.kind]).toEqual(["pending", stale, "pending"]);
    expect(landed).toEqual({ kind: "done", hash: (right as typeof landed & { hash: Hex }).hash });
    const used = await scene.client(0).publicClient.readContract({
      address: deployment.addresses.openToken,
      abi: openTokenAbi,
      functionName: "allowance",
      args: [testAccount(accounts.watcher).address, testAccount(9).address],
    });
    expect(used).toBe(2n);
  });

  it("goes on after SIGKILL between proposal and finality, and proposes once", async () => {
    const environment = await processEnvironment("killed");
    let child = startProcess(environment);
    await eventually("the proposal", EPOCH_SECONDS, async () => (await readEpoch(scene.client(0), 5n)).state === 2);
    await kill(child);

    child = startProcess(environment);
    await finalEpoch(5n);
    child.kill("SIGTERM");
    const code = await new Promise((resolve) => child.once("exit", resolve));

    expect(code).toBe(0);
    expect((await proposals(5n)).length).toBe(1);
  }, 120_000);

  it("pays nothing twice when it is killed again and again", async () => {
    settled.push(await scene.settleAnswers(2));
    const environment = await processEnvironment("killed");
    let child = startProcess(environment);
    for (let round = 0; round < 5; round++) {
      await new Promise((resolve) => setTimeout(resolve, 700 + round * 400));
      await kill(child);
      child = startProcess(environment);
    }
    const final = await finalEpoch(6n);
    await kill(child);

    expect((await proposals(6n)).length).toBe(1);
    expect(final.total).toBe((await finalTotal(5n)) + final.dataAmount);
  }, 120_000);

  it("goes on when PostgreSQL is killed and comes back", async () => {
    settled.push(await scene.settleAnswers(1));
    const environment = await processEnvironment("killed");
    const child = startProcess(environment);
    await eventually("the proposal", EPOCH_SECONDS, async () => (await readEpoch(scene.client(0), 7n)).state === 2);

    await net.kill("postgres", "SIGKILL");
    await net.healthy("postgres");

    await finalEpoch(7n);
    await kill(child);
    expect((await proposals(7n)).length).toBe(1);
  }, 120_000);
});

interface RunningOracle {
  readonly oracle: Oracle;
  readonly faults: readonly string[];
  /** For one that was started with `run: false`. */
  run(): void;
  stop(): Promise<void>;
}

async function startOracle(
  name: string,
  mode: "propose" | "watch",
  {
    run = true,
    graceSeconds = 60,
    pushedLeast,
  }: { readonly run?: boolean; readonly graceSeconds?: number; readonly pushedLeast?: bigint } = {},
): Promise<RunningOracle> {
  const faults: string[] = [];
  const log: Log = {
    info: () => {},
    fault: (message, error) => faults.push(error === undefined ? message : `${message}: ${String(error)}`),
  };
  const config: OracleConfig = {
    mode,
    rpcUrl: net.urls.rpc,
    deployment,
    databaseUrl: await net.database(`oracle_test_${name}`),
    storeUrl: net.urls.store,
    runnerUrl: undefined,
    modelDir: mode === "propose" ? join(folder, "model") : undefined,
    dataDir: join(folder, name),
    provider: "cpu",
    tier: "w8a16",
    arithmetic: "float",
    threads: 1,
    privateKey: testKey(mode === "propose" ? accounts.oracle : accounts.watcher),
    host: "127.0.0.1",
    port: 0,
    pollIntervalMs: 100,
    confirmations: 0n,
    graceSeconds,
    courtBudget: parseOpen("5000"),
    pushedLeast,
    validatedDatanets: [],
    advisedDatanets: [],
    probesContributions: false,
  };
  const oracle = await openOracle(config, systemClock, log);
  await oracle.database.migrate();
  const stopping = new AbortController();
  let running = run ? oracle.node.run(stopping.signal) : Promise.resolve();
  return {
    oracle,
    faults,
    run: () => {
      running = oracle.node.run(stopping.signal);
    },
    stop: async () => {
      stopping.abort();
      await running;
      await oracle.close();
    },
  };
}

async function processEnvironment(name: string): Promise<Record<string, string>> {
  const keyFile = join(folder, "key.json");
  writeFileSync(keyFile, JSON.stringify({ privateKey: testKey(accounts.oracle) }));
  return {
    RPC_URL: net.urls.rpc,
    DEPLOYMENT_FILE: net.deploymentFile,
    DATABASE_URL: await net.database(`oracle_test_${name}`),
    STORE_URL: net.urls.store,
    MODEL_DIR: join(folder, "model"),
    DATA_DIR: join(folder, name),
    KEY_FILE: keyFile,
    PORT: "0",
  };
}

function startProcess(env: Record<string, string>): ChildProcess {
  return spawn(process.execPath, [fileURLToPath(new URL("./main.js", import.meta.url))], { env, stdio: "ignore" });
}

async function kill(child: ChildProcess): Promise<void> {
  const ended = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGKILL");
  await ended;
}

/** Seconds in which a receipt can be tried. */
function trialPeriod(): Promise<bigint> {
  const address = deployment.addresses.receiptCourt;
  return scene.client(0).publicClient.readContract({ address, abi: receiptCourtAbi, functionName: "trialPeriod" });
}

/** The bond, and what the oracle contract may still take of the proposer. */
async function oracleFunds(): Promise<{ readonly bond: bigint; readonly allowance: bigint }> {
  const { publicClient } = scene.client(0);
  const { attributionOracle, openToken } = deployment.addresses;
  return {
    bond: await publicClient.readContract({
      address: attributionOracle,
      abi: attributionOracleAbi,
      functionName: "bond",
    }),
    allowance: await publicClient.readContract({
      address: openToken,
      abi: openTokenAbi,
      functionName: "allowance",
      args: [testAccount(accounts.oracle).address, attributionOracle],
    }),
  };
}

/** The epoch once it is final. */
function finalEpoch(epoch: bigint) {
  return eventually(`epoch ${epoch} final`, EPOCH_SECONDS, async () => {
    const found = await readEpoch(scene.client(0), epoch);
    return found.state === 3 && found;
  });
}

async function epochFile({ oracle }: RunningOracle, epoch: bigint): Promise<EpochFile> {
  const followed = await eventually("the epoch", 10, async () => {
    const found = await oracle.view.epoch(epoch);
    return found?.stage === "final" && found;
  });
  return (await oracle.view.file(followed))!;
}

/** What the lists must be, from what the runner signed alone. */
function honestLists(epoch: bigint, batches: readonly SettledAnswers[], previous: readonly Payout[]): EpochFile {
  const receipts = batches.flatMap(({ batch, receipts }) =>
    receipts.map(
      ({ receipt, shares }, receiptIndex): CreditedReceipt => ({
        batch,
        receiptIndex,
        cumulative: receipt.cumulative,
        fee: receipt.fee,
        dataBps,
        shares,
      }),
    ),
  );
  const firstBatch = batches[0]!.batch;
  const lastBatch = batches[batches.length - 1]!.batch;
  return buildEpoch({ epoch, firstBatch, lastBatch, stream: deployment.dataStream, receipts, previous });
}

async function honestPayouts(last: bigint): Promise<EpochFile> {
  let file = honestLists(1n, [settled[0]!], []);
  for (let epoch = 2n; epoch <= last; epoch++) file = honestLists(epoch, [settled[Number(epoch) - 1]!], file.payouts);
  return file;
}

/** Claims for every account. @returns What was paid in all. */
async function claimAll(file: EpochFile): Promise<bigint> {
  const client = scene.client(accounts.deployer);
  const amounts = await Promise.all(
    file.payouts.map(async ({ account, cumulative }, at) => {
      // A pool is claimed by its registry.
      if (isPoolAccount(account)) return 0n;
      const before = await readClaimed(client, file.stream, account);
      if (cumulative === before) return 0n;
      // Each from an account of its own, so that one block holds them all: whoever sends it, the leaf's account is paid.
      return (await claim(scene.client(20 + at), payoutClaim(file, account)!)).event.amount;
    }),
  );
  return amounts.reduce((sum, amount) => sum + amount, 0n);
}

type Lie = EpochFile;

async function proposeLie(lie: Lie): Promise<bigint> {
  const { hash } = await scene.content.put(encodeEpochFile(lie));
  return proposeRoots(lie, hash);
}

/** @returns The block of the proposal. */
async function proposeRoots(lie: Lie, dataHash: Hex): Promise<bigint> {
  const client = scene.client(accounts.liar);
  const { openedAt } = await readEpoch(client, lie.epoch);
  const asOf = await eventually("a block behind the opening", 8, async () => {
    const { timestamp } = await client.publicClient.getBlock();
    return timestamp > openedAt && timestamp - 1n;
  });
  const { receipt } = await proposeEpoch(client, {
    asOf,
    epoch: lie.epoch,
    creditsRoot: creditTree(lie.credits).root,
    payoutsRoot: payoutTree(lie.stream, lie.payouts).root,
    total: lie.total,
    dataHash,
  });
  return receipt.blockNumber;
}

/** Reveals each leaf of the lie that is demanded. @returns How many were. */
async function answerDemands(lie: Lie, fromBlock: bigint, signal: AbortSignal): Promise<number> {
  const answered = new Set<string>();
  while (!signal.aborted) {
    for (const { args } of (await oracleLogs(fromBlock)).filter((log) => log.eventName === "LeafDemanded")) {
      const place = { proposal: args.proposal, tree: (["credits", "payouts"] as const)[args.tree]!, index: args.index };
      const key = `${place.tree}/${place.index}`;
      if (answered.has(key)) continue;
      answered.add(key);
      await revealLeaf(scene.client(accounts.liar), leafReveal(lie, place)).catch(() => {});
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return answered.size;
}

/** What the pools have of all pay-outs. */
function poolPart({ payouts }: EpochFile): bigint {
  return payouts.reduce((sum, { account, cumulative }) => sum + (isPoolAccount(account) ? cumulative : 0n), 0n);
}

async function finalTotal(epoch: bigint): Promise<bigint> {
  const final = (await oracleLogs(0n)).filter((log) => log.eventName === "EpochFinalized");
  return final.find(({ args }) => args.epoch === epoch)!.args.total;
}

async function oracleLogs(fromBlock: bigint) {
  const address = deployment.addresses.attributionOracle;
  const logs = await scene.client(0).publicClient.getLogs({ address, fromBlock });
  return parseEventLogs({ abi: attributionOracleAbi, logs });
}

async function refutations(fromBlock: bigint) {
  return (await oracleLogs(fromBlock)).filter((log) => log.eventName === "EpochRefuted");
}

async function proposals(epoch: bigint) {
  const all = await oracleLogs(0n);
  return all.filter((log) => log.eventName === "EpochProposed" && log.args.epoch === epoch);
}

function withCredit({ credits }: EpochFile, at: number, change: { readonly running: bigint }): Credit[] {
  return credits.map((credit, index) =>
    index === at ? { ...credit, running: credit.running + change.running } : credit,
  );
}

function bumpLast(honest: EpochFile): Credit[] {
  return withCredit(honest, honest.credits.length - 1, { running: 1n });
}

function swap<T>(items: readonly T[]): T[] {
  const [first, second, ...rest] = items;
  return [second!, first!, ...rest];
}

/** The lists that these credits would give, each sum right. */
function relist(honest: EpochFile, credits: readonly Credit[]): Lie {
  const running = new Map<string, bigint>();
  const summed = credits.map((credit) => {
    const sum = (running.get(credit.contributor) ?? 0n) + credit.amount;
    running.set(credit.contributor, sum);
    return { ...credit, running: sum };
  });
  const earned = new Map(honest.credits.map((credit) => [credit.contributor, credit.running]));
  const payouts = honest.payouts.map((payout) => ({
    ...payout,
    cumulative: payout.cumulative - (earned.get(payout.account) ?? 0n) + (running.get(payout.account) ?? 0n),
  }));
  return { ...honest, credits: summed, ...resum(payouts) };
}

function lastCredit(honest: EpochFile): Credit {
  return honest.credits[honest.credits.length - 1]!;
}

function strayBatch(honest: EpochFile): Credit {
  return { ...lastCredit(honest), batch: honest.lastBatch + 1n, amount: 0n };
}

function strayReceipt(honest: EpochFile): Credit {
  return { ...lastCredit(honest), receiptIndex: 1000, amount: 0n };
}

function shortened(honest: EpochFile): Credit[] {
  return honest.credits.map((credit, at) => (at === 1 ? { ...credit, amount: credit.amount - 1n } : credit));
}

function resum(payouts: readonly Payout[]): Pick<EpochFile, "payouts" | "total"> {
  let total = 0n;
  const summed = payouts.map((payout) => {
    total += payout.cumulative;
    return { ...payout, runningSum: total };
  });
  return { payouts: summed, total };
}

function moveOne(honest: EpochFile): Lie {
  const payouts = honest.payouts.map((payout, at) => ({
    ...payout,
    cumulative: payout.cumulative + (at === 0 ? -1n : at === 1 ? 1n : 0n),
  }));
  return { ...honest, ...resum(payouts) };
}

function withoutFirst(honest: EpochFile): Lie {
  const [first, second, ...rest] = honest.payouts;
  const heir = { ...second!, cumulative: second!.cumulative + first!.cumulative };
  return { ...honest, ...resum([heir, ...rest]) };
}

function withStranger(honest: EpochFile): Lie {
  const [first, ...rest] = honest.payouts;
  const stranger = { account: getAddress(`0x${"ff".repeat(20)}`), cumulative: 1n, runningSum: 0n };
  return { ...honest, ...resum([{ ...first!, cumulative: first!.cumulative - 1n }, ...rest, stranger]) };
}

function bumpSum(payouts: readonly Payout[]): Payout[] {
  return payouts.map((payout, at) => (at === 1 ? { ...payout, runningSum: payout.runningSum + 1n } : payout));
}

function bumpFirstSum(payouts: readonly Payout[]): Payout[] {
  return payouts.map((payout, at) => (at === 0 ? { ...payout, runningSum: payout.runningSum + 1n } : payout));
}
