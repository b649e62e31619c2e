/** A validator's rounds on a real chain, with a database, a content store and a base; the process is killed on the way. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { callRpc, type Devnet, startDevnet } from "@openledger/script";
import {
  type Admission,
  addReserve,
  approveToken,
  ContentClient,
  type ContributionFile,
  contribute,
  contributionCommitment,
  createChainClient,
  createDatanet,
  type DatanetRules,
  type Deployment,
  datanetValidatorsAbi,
  encodeAdmission,
  encodeContributionFile,
  parseDeployment,
  parseOpen,
  readAdmission,
  readContributionState,
  readContributions,
  readRound,
  rejectContributions,
  setValidators,
  stake,
  transferToken,
} from "@openledger/sdk";
import { parseEventLogs } from "viem";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { systemClock } from "./Clock.js";
import { type OracleConfig, readOracleConfig } from "./config.js";
import { type Oracle, openOracle } from "./openOracle.js";
import { createOracleApp } from "./server/createOracleApp.js";
import { eventually } from "./testing/eventually.js";
import { makeBaseModel } from "./testing/makeBaseModel.js";
import { recordText } from "./testing/tales.js";
import { testAccount, testKey } from "./testing/testAccount.js";

const VALIDATOR = 2;
const OWNER = 3;
const [ALICE, BOB, CAROL] = [10, 11, 12];
const MINUTE = 60;
const RULES: DatanetRules = {
  access: "approval",
  decider: "validators",
  contributionFee: 0n,
  decisionPeriod: 24 * 60 * MINUTE,
  curationBps: 0,
  rounds: {
    admission: "listed",
    validatorsBps: 0,
    acceptScore: 5000,
    quorum: 1,
    commitPeriod: 20 * MINUTE,
    revealPeriod: 20 * MINUTE,
    rewardPerContribution: parseOpen("1"),
  },
};

let folder: string;
let net: Devnet;
let deployment: Deployment;
let content: ContentClient;
let datanets: readonly [bigint, bigint];
let node: ChildProcess | undefined;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "admission-"));
  [net] = await Promise.all([
    startDevnet({
      stateDir: join(folder, "net"),
      ports: "free",
      services: ["postgres", "anvil", "contracts", "store"],
    }),
    makeBaseModel(join(folder, "model")),
  ]);
  deployment = parseDeployment(net.deployment);
  content = new ContentClient({ url: net.urls.store });
  await callRpc(net.urls.rpc, "evm_setAutomine", [true]);

  const [validator, owner] = [client(VALIDATOR), client(OWNER)];
  const { address } = testAccount(VALIDATOR);
  for (const to of [address, owner.account.address]) await transferToken(client(0), { to, amount: parseOpen("50000") });
  await approveToken(validator, { spender: deployment.addresses.stakingManager, amount: parseOpen("20000") });
  await stake(validator, { role: "Validator", amount: parseOpen("20000") });
  await approveToken(owner, { spender: deployment.addresses.datanetValidators, amount: parseOpen("20") });
  const opened: bigint[] = [];
  for (const name of ["Tales", "More tales"]) {
    const licences = ["MIT", "CC0-1.0"];
    const { event } = await createDatanet(owner, {
      name,
      metadataHash: `0x${"00".repeat(32)}`,
      licences,
      rules: RULES,
    });
    await setValidators(owner, { datanet: event.datanet, added: [address] });
    await addReserve(owner, { datanet: event.datanet, amount: parseOpen("10") });
    opened.push(event.datanet);
  }
  datanets = [opened[0]!, opened[1]!];
}, 240_000);

afterAll(async () => {
  if (node !== undefined) await kill(node);
  await net?.stop();
  rmSync(folder, { recursive: true, force: true });
});

describe("a round of a validator", () => {
  const honest = [recordText(0, 0), recordText(1, 1)];
  const copies = [`${recordText(0, 0)} So it was.`, recordText(1, 1), recordText(2, 2)];
  let [first, second] = [0n, 0n];

  it("is opened over what waits, and its scores are committed to before anybody can read why", async () => {
    first = await contributed(ALICE!, datanets[0], honest);
    second = await contributed(BOB!, datanets[0], copies);
    node = await startNode();

    await eventually("the commit", 60, async () => (await roundOf(1n))?.commitCount === 1);
    await kill(node);

    expect(await readContributionState(client(0), first)).toBe("InRound");
    expect(await readContributionState(client(0), second)).toBe("InRound");
    await expect(told(datanets[0], second)).rejects.toMatchObject({
      code: "not_judged",
      message: expect.stringContaining("can be copied"),
    });
  }, 90_000);

  it("is revealed after a kill, closed after another, and paid", async () => {
    await pass(20 * MINUTE);
    node = await startNode();
    await eventually("the reveal", 30, async () => (await roundOf(1n))?.revealCount === 1);
    await kill(node);
    await pass(20 * MINUTE);
    node = await startNode();

    await eventually("the decision", 30, async () => (await roundOf(1n))?.state === 2);
    const paid = await eventually("the reward", 30, async () => (await logs("RewardCollected"))[0]);
    await kill(node);

    expect(await readContributionState(client(0), first)).toBe("Accepted");
    expect(await readContributionState(client(0), second)).toBe("Rejected");
    const revealed = await logs("ScoresRevealed");
    expect(revealed.map(({ args }) => args)).toMatchObject([{ round: 1n, scores: [10_000, 3333] }]);
    expect(paid.args).toMatchObject({ validator: testAccount(VALIDATOR).address, amount: parseOpen("2") });
    expect(await logs("ScoresCommitted")).toHaveLength(1);
  }, 90_000);

  it("is explained to the contributor, who can check every byte", async () => {
    const { admission, text } = await told(datanets[0], second);

    expect(text).toBe(encodeAdmission(admission));
    expect(admission).toMatchObject({
      contribution: second,
      round: 1n,
      score: 3333,
      acceptScore: 5000,
      recordCount: 3,
    });
    expect(admission.refused.map(({ index, reasons }) => [index, reasons.map(({ rule }) => rule)])).toEqual([
      [0, ["copy"]],
      [1, ["duplicate"]],
    ]);
    const { of, runs } = admission.refused[0]!.reasons[0]!.evidence;
    expect(of).toEqual({ contribution: first, index: 0 });
    for (const [at, place, length] of runs!) {
      expect(copies[0]!.slice(at, at + length)).toBe(honest[0]!.slice(place, place + length));
    }
    expect(admission.refused[1]!.reasons[0]!.evidence.of).toEqual({ contribution: first, index: 1 });
    expect(admission.appeal.map(({ way }) => way)).toEqual(["contribute_again", "dispute_earlier"]);
    expect((await told(datanets[0], first)).admission).toMatchObject({
      ...{ score: 10_000, refused: [], appeal: [] },
      probe: { kind: "silence", because: "few_tokens" },
    });
    await expect(told(datanets[1], second)).rejects.toMatchObject({ code: "unknown_contribution" });
  }, 60_000);
});

describe("another Datanet's round", () => {
  it("looks at all Datanets, waits for files, and refuses what nobody can read", async () => {
    const copied = await contributed(CAROL!, datanets[1], [recordText(0, 0)]);
    const missing = await contributed(CAROL!, datanets[1], [recordText(2, 3)], { isStored: false });
    const others = await contributed(CAROL!, datanets[1], ["", "tide ".repeat(40), recordText(2, 0)]);
    node = await startNode();
    await eventually("the round", 60, async () => (await roundOf(2n))?.state === 1);
    await pass(10 * MINUTE);
    expect((await roundOf(2n))!.commitCount).toBe(0);
    await pass(6 * MINUTE);

    await eventually("the commit", 60, async () => (await roundOf(2n))?.commitCount === 1);
    await pass(20 * MINUTE);
    await eventually("the reveal", 30, async () => (await roundOf(2n))?.revealCount === 1);
    await kill(node);

    const rules = async (contribution: bigint) => {
      const { reasons, refused, score } = (await told(datanets[1], contribution)).admission;
      return [score, reasons.map(({ rule }) => rule), refused.map((record) => record.reasons.map(({ rule }) => rule))];
    };
    expect(await rules(copied)).toEqual([0, [], [["duplicate"]]]);
    expect(await rules(missing)).toEqual([0, ["file"], []]);
    expect(await rules(others)).toEqual([3333, [], [["empty"], ["repetition"]]]);
  }, 180_000);
});

describe("a Datanet whose owner decides", () => {
  it("has opinions of its contributions told to who asks, and of no other's", async () => {
    const owner = client(OWNER);
    const licences = ["MIT"];
    const metadataHash = `0x${"00".repeat(32)}` as const;
    const { datanet } = (await createDatanet(owner, { name: "Hers", metadataHash, licences })).event;
    const refused = await contributed(ALICE!, datanet, [recordText(0, 0), recordText(2, 1)]);
    await rejectContributions(owner, { datanet, contributions: await readContributions(owner, [refused]) });
    const stop = new AbortController();
    const config = readOracleConfig({
      ...(await environment()),
      VALIDATED_DATANETS: "",
      ADVISED_DATANETS: `${datanet}`,
    });

    await served(config, async (url, oracle) => {
      const ask = (of: bigint) => readAdmission({ oracle: url, datanet: of, contribution: refused });
      const running = oracle.node.run(stop.signal);
      const opinion = await eventually("the opinion", 30, () => ask(datanet).catch(() => undefined));
      stop.abort();
      await running;

      expect(opinion).toMatchObject({ contribution: refused, validator: testAccount(VALIDATOR).address, score: 5000 });
      expect(opinion).not.toHaveProperty("round");
      expect(opinion.refused).toMatchObject([{ index: 0, reasons: [{ rule: "duplicate" }] }]);
      expect(opinion.appeal[0]!.text).toContain("owner decides");
      // asked again it is the same; of another Datanet there is none
      expect(await ask(datanet)).toEqual(opinion);
      await expect(ask(datanets[1])).rejects.toMatchObject({ code: "unknown_contribution" });
    });
  }, 120_000);
});

function client(index: number) {
  return createChainClient({ deployment, rpcUrl: net.urls.rpc, account: testAccount(index), pollingIntervalMs: 50 });
}

/** @returns The contribution's number. */
async function contributed(
  account: number,
  datanet: bigint,
  texts: readonly string[],
  { isStored = true }: { readonly isStored?: boolean } = {},
): Promise<bigint> {
  const file: ContributionFile = {
    datanet,
    contributor: testAccount(account).address,
    licence: "MIT",
    source: { name: "tales", version: "1" },
    records: texts.map((text, at) => ({ path: `${at}.txt`, text })),
  };
  if (isStored) await content.put(encodeContributionFile(file));
  const { recordsRoot, recordCount, dataHash } = contributionCommitment(file);
  const committed = { datanet, recordsRoot, recordCount, dataHash, licence: "MIT" };
  return (await contribute(client(account), committed)).event.contribution;
}

async function environment(): Promise<Record<string, string>> {
  const keyFile = join(folder, "key.json");
  writeFileSync(keyFile, JSON.stringify({ privateKey: testKey(VALIDATOR) }));
  return {
    RPC_URL: net.urls.rpc,
    DEPLOYMENT_FILE: net.deploymentFile,
    DATABASE_URL: await net.database("admission"),
    STORE_URL: net.urls.store,
    MODEL_DIR: join(folder, "model"),
    DATA_DIR: join(folder, "data"),
    KEY_FILE: keyFile,
    PORT: "0",
    VALIDATED_DATANETS: datanets.join(","),
  };
}

async function startNode(): Promise<ChildProcess> {
  const main = fileURLToPath(new URL("./main.js", import.meta.url));
  return spawn(process.execPath, [main], { env: await environment(), stdio: "ignore" });
}

/** Ends a process that may have ended. */
async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGKILL");
  await ended;
}

/** What the node serves of a contribution, from its database. */
async function told(
  datanet: bigint,
  contribution: bigint,
): Promise<{ readonly admission: Admission; readonly text: string }> {
  return served(readOracleConfig(await environment()), async (url) => {
    const admission = await readAdmission({ oracle: url, datanet, contribution });
    const response = await fetch(`${url}/v1/admission/${datanet}/${contribution}`);
    return { admission, text: await response.text() };
  });
}

/** With an oracle's API that reads the database of the node. */
async function served<T>(config: OracleConfig, use: (url: string, oracle: Oracle) => Promise<T>): Promise<T> {
  const oracle = await openOracle(config, systemClock, { info: () => {}, fault: () => {} });
  const server = createServer(createOracleApp({ view: oracle.view, onFault: () => {} }));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    return await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, oracle);
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await oracle.close();
  }
}

async function pass(seconds: number): Promise<void> {
  await callRpc(net.urls.rpc, "evm_increaseTime", [seconds]);
  await callRpc(net.urls.rpc, "evm_mine", []);
}

/** The round, once it is opened. */
function roundOf(round: bigint) {
  return readRound(client(0), round).catch(() => undefined);
}

async function logs<const N extends "ScoresCommitted" | "ScoresRevealed" | "RewardCollected">(eventName: N) {
  const address = deployment.addresses.datanetValidators;
  const found = await client(0).publicClient.getLogs({ address, fromBlock: 0n });
  return parseEventLogs({ abi: datanetValidatorsAbi, logs: found, eventName });
}
