/** One runner: every part connected and started, in the order in which they need each other. */

import { mkdirSync, readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { deviceReport, MatchSearch } from "@openledger/engine";
import {
  ContentClient,
  createChainClient,
  inferenceMarketAbi,
  isActive,
  type MarketDomain,
  parseDeployment,
  roleNumber,
  setEndpoint,
  stakingManagerAbi,
} from "@openledger/sdk";
import type { Address } from "viem";
import { askChain } from "./chain/askChain.js";
import { openCourtChain } from "./chain/openCourtChain.js";
import { openMarketView } from "./chain/openMarketView.js";
import { openSettlementChain } from "./chain/openSettlementChain.js";
import type { RunnerConfig } from "./config.js";
import { DemandAnswerer } from "./court/DemandAnswerer.js";
import { loadAccount } from "./key/loadAccount.js";
import { describeError, type Log } from "./Log.js";
import { AdapterShelf } from "./serve/AdapterShelf.js";
import { AnswerDesk } from "./serve/AnswerDesk.js";
import { BaseModel } from "./serve/BaseModel.js";
import { FileCache } from "./serve/FileCache.js";
import { IndexShelf } from "./serve/IndexShelf.js";
import { ModelCatalogue } from "./serve/ModelCatalogue.js";
import { ModelLoader } from "./serve/ModelLoader.js";
import { VersionShelf } from "./serve/VersionShelf.js";
import { createApp } from "./server/createApp.js";
import { runSettlement } from "./settle/runSettlement.js";
import { Settler } from "./settle/Settler.js";
import { BatchLedger } from "./store/BatchLedger.js";
import { Database } from "./store/Database.js";
import { DemandLedger } from "./store/DemandLedger.js";
import { RequestLedger } from "./store/RequestLedger.js";
import { Wake } from "./Wake.js";

export interface Runner {
  readonly port: number;
  readonly address: Address;
  /** Answers what was admitted, settles what is owed, and ends. */
  stop(): Promise<void>;
}

const flushMs = 5_000;
/** How long the content store is asked, before all else, what it has erased. */
const erasedMs = 30_000;

/**
 * @param onFatal Told when the runner cannot go on: its engine died, or another process took its database.
 * @throws when the deployment, key, model folder or database cannot be used.
 */
export async function startRunner(config: RunnerConfig, log: Log, onFatal: (error: unknown) => void): Promise<Runner> {
  const opened: (() => Promise<void>)[] = [];
  try {
    return await connect(config, log, onFatal, opened);
  } catch (error) {
    for (const close of opened.reverse()) await close().catch(() => {});
    throw error;
  }
}

/** @param opened Takes what must be closed again should the start fail further on. */
async function connect(
  config: RunnerConfig,
  log: Log,
  onFatal: (error: unknown) => void,
  opened: (() => Promise<void>)[],
): Promise<Runner> {
  const deployment = parseDeployment(JSON.parse(readFileSync(config.deploymentFile, "utf8")) as unknown);
  const account = loadAccount(config.key, deployment.chainId);
  const chain = { ...createChainClient({ deployment, rpcUrl: config.rpcUrl, account }), account };
  await checkChain(chain);
  await warnOfLateSettlement(chain, config, log);
  const domain: MarketDomain = { chainId: deployment.chainId, market: deployment.addresses.inferenceMarket };
  const now = () => Date.now() / 1000;
  const onFault = (error: unknown) => log("fault", { error: describeError(error) });

  const database = new Database(config.databaseUrl, onFault);
  opened.push(() => database.close());
  await database.migrate();
  const disown = await database.own(onFatal);
  opened.push(disown);
  mkdirSync(config.cacheDir, { recursive: true });
  const base = await BaseModel.open({ ...config, onExit: onFatal });
  opened.push(() => base.close());
  log("base model is open", deviceReport(base.runtime));
  const content = new ContentClient({ url: config.contentUrl });
  const files = new FileCache(join(config.cacheDir, "files"), content);
  const stopping = new AbortController();
  const { signal } = stopping;
  const indexes = new IndexShelf(join(config.cacheDir, "indexes"), content, config.maximumIndexBytes, signal);
  // what the content store has erased is not kept here either
  await files
    .dropErased((hash) => indexes.remove(hash), { signal: AbortSignal.timeout(erasedMs) })
    .catch((cause: unknown) =>
      onFault(new Error("Not every file was asked about that may be erased; the next start asks again.", { cause })),
    );
  const search = new MatchSearch();
  opened.push(() => search.close());
  const ledger = new RequestLedger(database);
  const { weightsRoot: baseWeightsRoot } = base;
  const versions = new VersionShelf({ reader: chain, files, indexes, search, ledger, baseWeightsRoot, onFault });
  const loader = new ModelLoader(new AdapterShelf(files, base, onFault), versions, base, config.leastPrice, onFault);
  const models = new ModelCatalogue(chain, loader, now, log);

  const wake = new Wake();
  const batches = new BatchLedger(database);
  const market = openMarketView(chain);
  const desk = new AnswerDesk({
    account,
    domain,
    models,
    market,
    ledger,
    now,
    horizonSeconds: config.horizonSeconds,
    queueLimit: config.queueLimit,
    onReceipt: () => wake.call(),
    onFault,
  });
  const settler = new Settler({
    runner: account.address,
    domain,
    ledger: batches,
    chain: openSettlementChain(chain),
    putFile: (bytes) => content.put(bytes),
    policy: config.settle,
    now,
    log,
  });

  const answerer = new DemandAnswerer({
    domain,
    ledger: new DemandLedger(database),
    chain: openCourtChain(chain),
    recheckDepth: config.settle.recheckDepth,
    keepSeconds: config.keepSeconds,
    now,
    log,
  });

  const standing = { active: false };
  const app = createApp({
    runner: account.address,
    domain,
    models,
    desk,
    ledger,
    market,
    now,
    bodyLimit: config.bodyLimit,
    onFault,
    health: async () => {
      const [storage, chainHead] = await Promise.all([
        database.isHealthy(),
        chain.publicClient.getBlockNumber().catch(() => undefined),
      ]);
      return {
        ready: storage && chainHead !== undefined,
        facts: {
          runner: account.address,
          active: standing.active,
          database: storage ? "ok" : "unreachable",
          chain: chainHead === undefined ? "unreachable" : `${chainHead}`,
          models: models.list().map(({ model }) => `${model}`),
          waiting: models.waiting().map(({ model, reason }) => ({ model: `${model}`, reason })),
          inFlight: desk.inFlight,
        },
      };
    },
  });
  const server = await listen(createServer({ requestTimeout: 30_000, headersTimeout: 10_000 }, app), config);

  const every = (what: string, work: () => Promise<void>) => repeat(what, config.pollMs * 2, signal, log, work);
  const loops = [
    every("models", () => models.refresh()),
    every("pending requests", () => desk.resume()),
    every("standing", async () => {
      standing.active = await checkStanding(chain, config.publicUrl, standing.active, log);
    }),
    runSettlement(settler, answerer, { pollMs: config.pollMs, signal, woken: () => wake.wait(), log }),
  ];

  return {
    port: (server.address() as AddressInfo).port,
    address: account.address,
    stop: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeIdleConnections();
      await desk.stop();
      stopping.abort();
      await Promise.allSettled(loops);
      await flush(settler, config.pollMs, log);
      server.closeAllConnections();
      await closed;
      await indexes.close();
      await search.close();
      await base.close();
      await disown();
      await database.close();
    },
  };
}

/** The chain of the deployment, with the market on it. */
async function checkChain(chain: ReturnType<typeof createChainClient>): Promise<void> {
  const { deployment, publicClient } = chain;
  const found = await askChain("its id", () => publicClient.getChainId());
  if (found !== deployment.chainId) {
    throw new Error(`The deployment is of chain ${deployment.chainId}, RPC_URL leads to chain ${found}.`);
  }
  const { inferenceMarket } = deployment.addresses;
  const code = await askChain("the market", () => publicClient.getCode({ address: inferenceMarket }));
  if (code === undefined)
    throw new Error(`Chain ${found} has no contract at the deployment's market ${inferenceMarket}.`);
  await askChain("the market", () =>
    publicClient.readContract({ address: inferenceMarket, abi: inferenceMarketAbi, functionName: "configCode" }),
  );
}

/** A batch must be mined before a payer's thaw or a voucher's deadline ends. */
async function warnOfLateSettlement(
  chain: ReturnType<typeof createChainClient>,
  { settle, horizonSeconds }: RunnerConfig,
  log: Log,
): Promise<void> {
  const thawSeconds = await askChain("the thaw period", () =>
    chain.publicClient.readContract({
      address: chain.deployment.addresses.inferenceMarket,
      abi: inferenceMarketAbi,
      functionName: "thawPeriod",
    }),
  );
  const latest = settle.seconds + settle.marginSeconds;
  if (latest < thawSeconds && latest < horizonSeconds) return;
  log("settles too late to be sure of its pay: lower SETTLE_SECONDS or raise VOUCHER_HORIZON_SECONDS", {
    settleSeconds: settle.seconds,
    marginSeconds: settle.marginSeconds,
    horizonSeconds,
    thawSeconds,
  });
}

/** Whether the runner's stake is active: without it nobody can open a channel. Publishes its endpoint once it is. */
async function checkStanding(
  chain: ReturnType<typeof createChainClient>,
  publicUrl: string | undefined,
  before: boolean,
  log: Log,
): Promise<boolean> {
  const runner = chain.account.address;
  const active = await askChain("the runner's stake", () => isActive(chain, runner, "Runner"));
  if (active === before) return active;
  if (!active) {
    log("the runner's stake is below the minimum: no new channels can be opened to it", { runner });
    return active;
  }
  log("the runner is active", { runner });
  if (publicUrl !== undefined && (await readEndpoint(chain)) !== publicUrl) {
    await setEndpoint(chain, { role: "Runner", endpoint: publicUrl });
    log("published the runner's endpoint", { endpoint: publicUrl });
  }
  return active;
}

async function readEndpoint(chain: ReturnType<typeof createChainClient>): Promise<string | undefined> {
  const logs = await askChain("the runner's endpoint", () =>
    chain.publicClient.getContractEvents({
      address: chain.deployment.addresses.stakingManager,
      abi: stakingManagerAbi,
      eventName: "EndpointSet",
      args: { operator: chain.account.address, role: roleNumber("Runner") },
      fromBlock: BigInt(chain.deployment.startBlock),
      strict: true,
    }),
  );
  return logs[logs.length - 1]?.args.endpoint;
}

/** Runs `work` again and again; a failure is said once and tried again. */
async function repeat(
  what: string,
  ms: number,
  signal: AbortSignal,
  log: Log,
  work: () => Promise<void>,
): Promise<void> {
  let failing = false;
  while (!signal.aborted) {
    try {
      await work();
      if (failing) log(`${what}: goes on`);
      failing = false;
    } catch (error) {
      if (!failing) log(`${what}: waits`, { error: describeError(error) });
      failing = true;
    }
    await delay(ms, undefined, { signal }).catch(() => {});
  }
}

/** Settles what is left, as far as the chain takes it in time; the rest is settled after the next start. */
async function flush(settler: Settler, pollMs: number, log: Log): Promise<void> {
  const deadline = Date.now() + flushMs;
  try {
    while (Date.now() < deadline) {
      const state = await settler.step("now");
      if (state === "idle") return;
      if (state === "waiting") await delay(pollMs);
    }
    log("stops with receipts that are not settled yet; they are settled after the next start");
  } catch (error) {
    log("stops without settling", { error: describeError(error) });
  }
}

function listen(server: Server, { host, port }: RunnerConfig): Promise<Server> {
  return new Promise((resolve, reject) => {
    server.once("error", (error) => {
      reject(new Error(`The runner cannot listen on ${host}:${port}: ${error.message}. Set PORT.`));
    });
    server.listen(port, host, () => resolve(server));
  });
}
