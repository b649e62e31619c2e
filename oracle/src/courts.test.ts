/** What an oracle takes to the courts, on a real chain whose clock moves by its blocks alone. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { callRpc, type Devnet, startDevnet } from "@openledger/script";
import {
  attributionOracleAbi,
  type Deployment,
  decodeBatchFile,
  disputeManagerAbi,
  type EpochFile,
  encodeBatchFile,
  juryAbi,
  parseDeployment,
  parseOpen,
  readFree,
  readReceiptCase,
  readTokenBalance,
  receiptCourtAbi,
  transferToken,
  WHOLE_BATCH,
} from "@openledger/sdk";
import { type Hex, parseEventLogs } from "viem";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { systemClock } from "./Clock.js";
import { type Oracle, openOracle } from "./openOracle.js";
import { CourtFacts } from "./store/CourtFacts.js";
import { eventually } from "./testing/eventually.js";
import { makeBaseModel } from "./testing/makeBaseModel.js";
import { accounts, ProtocolScene, type SettledAnswers } from "./testing/ProtocolScene.js";
import { testAccount, testKey } from "./testing/testAccount.js";

/** The hash of a file that nobody has. */
const nowhere: Hex = `0x${"ab".repeat(32)}`;

let folder: string;
let net: Devnet;
let deployment: Deployment;
let scene: ProtocolScene;
let databases = 0;
let oracle: RunningOracle | undefined;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "oracle-courts-"));
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
  const { rpc, store } = net.urls;
  await callRpc(rpc, "evm_setIntervalMining", [0]);
  await callRpc(rpc, "evm_setAutomine", [true]);
  // A second a block: what judging takes is no matter for the courts' clocks.
  await callRpc(rpc, "anvil_setBlockTimestampInterval", [1]);
  scene = await ProtocolScene.open({ deployment, rpcUrl: rpc, storeUrl: store, modelDir });
  // What deposits come from.
  await transferToken(scene.client(0), { to: testAccount(accounts.watcher).address, amount: parseOpen("1000") });
}, 240_000);

afterAll(async () => {
  await scene?.close();
  await net?.stop();
  rmSync(folder, { recursive: true, force: true });
});

beforeEach(() => {
  scene.publish = (file) => scene.content.put(file);
});

afterEach(async () => {
  await oracle?.stop();
  oracle = undefined;
});

describe("a receipt that is found false", () => {
  let batch: SettledAnswers;
  let falseIndex: number;
  let file: EpochFile;

  it("is disputed with the oracle's own bond before its epoch is proposed without it", async () => {
    let signed = 0;
    batch = await scene.settleAnswers(1, (entry) => {
      signed += 1;
      if (signed !== 1) return entry;
      const shares = [{ account: testAccount(10).address, share: 65_536 }];
      return { ...entry, receipt: { ...entry.receipt, attributionHash: scene.commit({ ...entry, shares }) }, shares };
    });
    falseIndex = batch.receipts.findIndex(({ shares }) => shares.length === 1 && shares[0]!.share === 65_536);
    oracle = await startOracle("propose");
    await eventually("the opening", 60, async () => (await epochEvents("EpochOpened"))[0]);
    await callRpc(net.urls.rpc, "evm_mine", []);
    await eventually("the dispute", 20, async () => (await disputeEvents("DisputeFiled"))[0]);

    const proposed = await ticking("the proposal", 60, async () => (await epochEvents("EpochProposed"))[0]);

    const filed = await disputeEvents("DisputeFiled");
    expect(filed.map(({ args }) => args)).toMatchObject([
      { filer: testAccount(accounts.oracle).address, accused: testAccount(accounts.runner).address },
    ]);
    const { openedAt, state } = await readReceiptCase(scene.client(0), batch.batch, falseIndex);
    expect(state).toBe(1);
    expect((proposed.args as { asOf: bigint }).asOf).toBeGreaterThanOrEqual(openedAt);
    file = await eventually("the lists", 10, () => epochFile(1n));
    expect(new Set(file.credits.map(({ receiptIndex }) => receiptIndex))).toEqual(new Set([1 - falseIndex]));
  }, 120_000);

  it("costs no second bond after a restart, and no watcher can refute the proposal", async () => {
    oracle = await startOracle("propose", { name: "courts1" });
    const watcher = await startOracle("watch");
    const final = await ticking("finality", 60, async () => (await epochEvents("EpochFinalized"))[0]);
    await watcher.stop();

    expect(watcher.faults.filter((fault) => fault.startsWith("Epoch 1"))).toEqual([]);
    expect((final.args as { epoch: bigint }).epoch).toBe(1n);
    expect(await disputeEvents("DisputeFiled")).toHaveLength(1);
    expect(await epochEvents("EpochRefuted")).toEqual([]);
  }, 120_000);

  it("is credited in the epoch in which its case was cleared, when no jury came; the bond is back", async () => {
    const before = await readTokenBalance(scene.client(0), testAccount(accounts.oracle).address);
    oracle = await startOracle("propose", { name: "courts1" });
    await ticking("the verdict", 60, async () => (await disputeEvents("VerdictEnforced"))[0]);
    expect(await readTokenBalance(scene.client(0), testAccount(accounts.oracle).address)).toBe(
      before + parseOpen("1000"),
    );
    // Something to open an epoch over.
    await scene.settleAnswers(1);

    const moved = await ticking("the next epoch", 60, () => epochFile(2n));

    expect(moved.credits.filter((credit) => credit.batch === batch.batch).map((credit) => credit.receiptIndex)).toEqual(
      [falseIndex],
    );
    await ticking("finality", 60, async () => (await epochEvents("EpochFinalized"))[1]);
  }, 180_000);
});

describe("a false batch", () => {
  it("is voided by a proof, and its payers are paid back", async () => {
    const payers = accounts.payers.map((payer) => testAccount(payer).address);
    const before = await Promise.all(payers.map((payer) => readTokenBalance(scene.client(0), payer)));
    let signed = 0;
    const batch = await scene.settleAnswers(1, (entry) => {
      signed += 1;
      return signed === 1 ? { ...entry, receipt: { ...entry.receipt, fee: entry.receipt.fee - 1n } } : entry;
    });
    oracle = await startOracle("watch");

    await ticking("the refunds", 40, async () => (await courtEvents("PayerRefunded", batch.batch)).length === 2);

    const [voided] = await courtEvents("BatchVoided", batch.batch);
    expect(voided!.args).toMatchObject({ fault: 5, bountyTo: testAccount(accounts.watcher).address });
    const after = await Promise.all(payers.map((payer) => readTokenBalance(scene.client(0), payer)));
    const refunds = (await courtEvents("PayerRefunded", batch.batch)).map(
      ({ args }) => (args as { amount: bigint }).amount,
    );
    const { amount } = batch;
    expect(refunds.reduce((sum, part) => sum + part, 0n)).toBe(amount);
    expect(after.reduce((sum, part) => sum + part, 0n)).toBe(before.reduce((sum, part) => sum + part, 0n) + amount);
    expect(await readFree(scene.client(0), payers[0]!)).toBe(0n);
  }, 120_000);

  it("is voided again when a reorganisation took the proof away, once on each branch", async () => {
    let signed = 0;
    const batch = await scene.settleAnswers(1, (entry) => {
      signed += 1;
      return signed === 1 ? { ...entry, receipt: { ...entry.receipt, fee: entry.receipt.fee - 1n } } : entry;
    });
    const snapshot = await callRpc(net.urls.rpc, "evm_snapshot", []);
    oracle = await startOracle("watch");
    await ticking("the void", 40, async () => (await courtEvents("BatchVoided", batch.batch)).length === 1);

    await callRpc(net.urls.rpc, "evm_revert", [snapshot]);
    await callRpc(net.urls.rpc, "evm_mine", []);
    // A transaction that was just sent is waited for up to 20 s: the court's clock stands meanwhile.
    await eventually("the void again", 60, async () => (await courtEvents("BatchVoided", batch.batch)).length === 1);
    await ticking("the refunds", 40, async () => (await courtEvents("PayerRefunded", batch.batch)).length === 2);
  }, 120_000);
});

describe("a batch whose file is withheld", () => {
  let batch: SettledAnswers;

  beforeEach(async () => {
    scene.publish = async () => ({ hash: nowhere });
    batch = await scene.settleAnswers(2);
  });

  const demands = async () => (await courtEvents("ReceiptDemanded", batch.batch)).map(({ args }) => args);

  it("is demanded whole, and voided when nobody shows all of it: the deposit comes back with a bounty", async () => {
    const watcher = testAccount(accounts.watcher).address;
    oracle = await startOracle("watch", { graceSeconds: 1 });
    await eventually("the demand", 40, async () => (await demands())[0]);
    const before = await readTokenBalance(scene.client(0), watcher);
    await scene.disclose(batch, 0, 1);
    const [shown] = await courtEvents("ReceiptsShown", batch.batch);
    const { paid } = shown!.args as { paid: bigint };

    await ticking("the refunds", 40, async () => (await courtEvents("PayerRefunded", batch.batch)).length === 2);

    expect(await demands()).toMatchObject([{ index: WHOLE_BATCH, deposit: parseOpen("80") }]);
    const [voided] = await courtEvents("BatchVoided", batch.batch);
    expect(voided!.args).toMatchObject({ fault: 7, bountyTo: watcher });
    const { bounty } = voided!.args as { bounty: bigint };
    expect(await readTokenBalance(scene.client(0), watcher)).toBe(before + parseOpen("80") - paid + bounty);
    expect(await outlay(batch.batch)).toBe(paid);
  }, 120_000);

  it("is read from what is shown of it, piece by piece, and credited with nobody's signature", async () => {
    oracle = await startOracle("propose", { graceSeconds: 1 });
    await atOnce(async () => {
      await eventually("the demand", 60, async () => (await demands())[0]);
      await scene.disclose(batch, 0, 1);
      await scene.disclose(batch, 1, 3);
    });

    const epoch = await ticking("the epoch", 90, () => epochOf(batch.batch));
    const file = await ticking("the lists", 90, () => epochFile(epoch));
    await ticking("finality", 60, async () =>
      (await epochEvents("EpochFinalized")).some(({ args }) => args.epoch === epoch),
    );

    const credited = file.credits.filter((credit) => credit.batch === batch.batch);
    expect(new Set(credited.map(({ receiptIndex }) => receiptIndex))).toEqual(new Set([0, 1, 2, 3]));
    expect(
      credited.map(({ contributor, receiptIndex }) => `${receiptIndex} ${contributor.toLowerCase()}`).sort(),
    ).toEqual(
      batch.receipts
        .flatMap(({ shares }, index) => shares.map(({ account }) => `${index} ${account.toLowerCase()}`))
        .sort(),
    );
    expect(
      oracle.faults.filter((fault) => fault.startsWith("Receipt ") && fault.includes(`(batch ${batch.batch},`)),
    ).toEqual([]);
    expect(await demands()).toMatchObject([{ index: WHOLE_BATCH }]);
    expect(await courtEvents("BatchVoided", batch.batch)).toEqual([]);
    // Four of 64 receipts earned their part of the deposit.
    expect(await outlay(batch.batch)).toBe(parseOpen("5"));
  }, 240_000);

  it("is read from what is shown on the branch that stands, when a reorganisation took a piece away", async () => {
    oracle = await startOracle("watch", { graceSeconds: 1 });
    await atOnce(async () => {
      await eventually("the demand", 40, async () => (await demands())[0]);
      const snapshot = await callRpc(net.urls.rpc, "evm_snapshot", []);
      await scene.disclose(batch, 0, 3);
      await eventually("the piece", 20, async () => (await disclosedPieces(batch.batch)).length === 1);
      await callRpc(net.urls.rpc, "evm_revert", [snapshot]);
      await scene.disclose(batch, 0, 1);
      await eventually("the other piece", 20, async () => (await disclosedPieces(batch.batch))[0] === 1);
      await scene.disclose(batch, 1, 3);
    });

    await eventually("the credits", 20, async () => (await creditedOf(batch.batch)) === 4);

    expect(await disclosedPieces(batch.batch)).toEqual([1, 3]);
  }, 120_000);

  it("is demanded no further than the budget goes, which is said", async () => {
    oracle = await startOracle("watch", { graceSeconds: 1, courtBudget: parseOpen("79.99") });

    await eventually("the words", 40, async () =>
      oracle!.faults.some((fault) =>
        fault.includes(`demand ${batch.batch}/${WHOLE_BATCH} would cost ${parseOpen("80")}`),
      ),
    );

    expect(await demands()).toEqual([]);
  }, 60_000);
});

describe("a receipt whose signature the file has not", () => {
  it("is demanded alone, and credited as it was revealed", async () => {
    scene.publish = (bytes) => {
      const { receipts, ...file } = decodeBatchFile(bytes);
      const signature = receipts[0]!.signature;
      return scene.content.put(
        encodeBatchFile({
          ...file,
          receipts: receipts.map((entry, at) => (at === 1 ? { ...entry, signature } : entry)),
        }),
      );
    };
    const batch = await scene.settleAnswers(1);
    oracle = await startOracle("watch");
    const demanded = await eventually("the demand", 40, async () => {
      const [event] = await courtEvents("ReceiptDemanded", batch.batch);
      return event?.args;
    });
    await scene.reveal(batch, 1);

    await eventually("the credits", 20, async () => (await creditedOf(batch.batch)) === 2);

    expect(demanded).toMatchObject({ index: 1, deposit: parseOpen("5") });
    expect(await courtEvents("ReceiptDemanded", batch.batch)).toHaveLength(1);
  }, 60_000);
});

interface RunningOracle {
  readonly oracle: Oracle;
  readonly faults: readonly string[];
  stop(): Promise<void>;
}

async function startOracle(
  mode: "propose" | "watch",
  {
    name = `courts${++databases}`,
    graceSeconds = 60,
    courtBudget = parseOpen("5000"),
  }: { readonly name?: string; readonly graceSeconds?: number; readonly courtBudget?: bigint } = {},
): Promise<RunningOracle> {
  const faults: string[] = [];
  const running = await openOracle(
    {
      mode,
      rpcUrl: net.urls.rpc,
      deployment,
      databaseUrl: await net.database(name),
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
      courtBudget,
      pushedLeast: undefined,
      validatedDatanets: [],
      advisedDatanets: [],
      probesContributions: false,
    },
    systemClock,
    {
      info: (message) => faults.push(`info: ${message}`),
      fault: (message, error) => faults.push(error === undefined ? message : `${message}: ${String(error)}`),
    },
  );
  await running.database.migrate();
  const stopping = new AbortController();
  const ended = running.node.run(stopping.signal);
  return {
    oracle: running,
    faults,
    stop: async () => {
      stopping.abort();
      await ended;
      await running.close();
    },
  };
}

/** Lets the clock run on, a block when nothing happens for a while, until there is an answer. */
async function ticking<T>(what: string, seconds: number, ask: () => Promise<T | undefined | false>): Promise<T> {
  let looks = 0;
  try {
    return await eventually(what, seconds, async () => {
      const answer = await ask();
      looks += 1;
      if ((answer === undefined || answer === false) && looks % 10 === 0) await callRpc(net.urls.rpc, "evm_mine", []);
      return answer;
    });
  } catch (error) {
    throw new Error(`${error}\n${oracle?.faults.join("\n")}`, { cause: error });
  }
}

async function epochFile(epoch: bigint): Promise<EpochFile | undefined> {
  const found = await oracle!.oracle.view.epoch(epoch);
  return found?.proposal === undefined ? undefined : oracle!.oracle.view.file(found);
}

async function logsOf(address: Hex) {
  return scene.client(0).publicClient.getLogs({ address, fromBlock: 0n });
}

async function epochEvents(eventName: "EpochOpened" | "EpochProposed" | "EpochFinalized" | "EpochRefuted") {
  const logs = await logsOf(deployment.addresses.attributionOracle);
  return parseEventLogs({ abi: attributionOracleAbi, eventName, logs });
}

async function disputeEvents(eventName: "DisputeFiled" | "VerdictEnforced") {
  const logs = await logsOf(deployment.addresses.disputeManager);
  return parseEventLogs({ abi: [...disputeManagerAbi, ...juryAbi], eventName, logs });
}

/** What is done within one second of the chain's clock: demands are answered before it moves on. */
async function atOnce(work: () => Promise<void>): Promise<void> {
  await callRpc(net.urls.rpc, "anvil_setBlockTimestampInterval", [0]);
  try {
    await work();
  } finally {
    await callRpc(net.urls.rpc, "anvil_setBlockTimestampInterval", [1]);
  }
}

async function epochOf(batch: bigint): Promise<bigint | undefined> {
  const opened = (await epochEvents("EpochOpened")).map(
    ({ args }) => args as { readonly epoch: bigint; readonly firstBatch: bigint; readonly lastBatch: bigint },
  );
  return opened.find(({ firstBatch, lastBatch }) => firstBatch <= batch && batch <= lastBatch)?.epoch;
}

/** What the demand of a whole batch has cost the oracle that runs, or still may. */
async function outlay(batch: bigint): Promise<bigint | undefined> {
  const { database, outbox } = oracle!.oracle;
  return (await new CourtFacts(database).outlays(outbox.account)).get(`demand ${batch}/${WHOLE_BATCH}`);
}

/** How many receipts of a batch the oracle credits, once it has judged all of them. */
async function creditedOf(batch: bigint): Promise<number | undefined> {
  const [row] = await oracle!.oracle.database.query<{ credited: number }>(
    `select count(*)::integer as credited from receipts r join batches b using (batch)
     where batch = $1 and b.state = 'verified' and r.state = 'credited'`,
    [batch.toString()],
  );
  return row?.credited;
}

/** Lengths of the pieces of a batch that the oracle follows. */
async function disclosedPieces(batch: bigint): Promise<readonly number[]> {
  const rows = await oracle!.oracle.database.query<{ length: number }>(
    `select jsonb_array_length(args->'disclosures') as length from events
     where name = 'ReceiptsDisclosed' and args->>'batch' = $1 order by block, log_index`,
    [batch.toString()],
  );
  return rows.map(({ length }) => length);
}

async function courtEvents(
  eventName: "BatchVoided" | "PayerRefunded" | "ReceiptDemanded" | "ReceiptsShown",
  batch: bigint,
) {
  const logs = await logsOf(deployment.addresses.receiptCourt);
  return parseEventLogs({ abi: receiptCourtAbi, eventName, logs }).filter(({ args }) => args.batch === batch);
}
