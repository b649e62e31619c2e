/** Puts an oracle together from its configuration. */
import { join } from "node:path";
import {
  AdapterProbe,
  ATTRIBUTION_CONTEXT,
  deviceReport,
  openRuntime,
  type Runtime,
  Tokenizer,
} from "@openledger/engine";
import { ContentClient, type MarketDomain } from "@openledger/sdk";
import { createPublicClient, defineChain, http } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { ContributionAdviser } from "./admission/ContributionAdviser.js";
import { ContributionJudge } from "./admission/ContributionJudge.js";
import { JudgingTurns } from "./admission/JudgingTurns.js";
import { RecordJudge, type RecordJudgeDeps } from "./admission/RecordJudge.js";
import { RoundKeeper } from "./admission/RoundKeeper.js";
import { AdapterShelf } from "./attribute/AdapterShelf.js";
import { AttributionAuditor } from "./attribute/AttributionAuditor.js";
import { BatchFiles } from "./attribute/BatchFiles.js";
import { BatchVerifier, type Recomputation } from "./attribute/BatchVerifier.js";
import { IndexAhead } from "./attribute/IndexAhead.js";
import type { Reach } from "./attribute/post.js";
import { RunnerClient } from "./attribute/RunnerClient.js";
import { VersionShelf } from "./attribute/VersionShelf.js";
import type { Clock } from "./Clock.js";
import { NodeChainSource } from "./chain/NodeChainSource.js";
import { ProtocolReader } from "./chain/ProtocolReader.js";
import type { OracleConfig } from "./config.js";
import type { Log } from "./Log.js";
import { OracleNode } from "./OracleNode.js";
import { BatchOpener } from "./prove/BatchOpener.js";
import { BatchProver } from "./prove/BatchProver.js";
import { DemandEnder } from "./prove/DemandEnder.js";
import { EpochWatcher } from "./prove/EpochWatcher.js";
import { ReceiptDemander } from "./prove/ReceiptDemander.js";
import type { Health, OracleView } from "./server/createOracleApp.js";
import { DatabaseView } from "./server/DatabaseView.js";
import { Budget } from "./settle/Budget.js";
import { ClaimPusher } from "./settle/ClaimPusher.js";
import { DemandAnswerer } from "./settle/DemandAnswerer.js";
import { DisputeKeeper } from "./settle/DisputeKeeper.js";
import { EpochFiles } from "./settle/EpochFiles.js";
import { EpochSettler } from "./settle/EpochSettler.js";
import { Outbox } from "./settle/Outbox.js";
import { Purse } from "./settle/Purse.js";
import { FiledCases } from "./settle/ReceiptCases.js";
import { AdmissionFacts } from "./store/AdmissionFacts.js";
import { BatchLedger } from "./store/BatchLedger.js";
import { ChainFacts } from "./store/ChainFacts.js";
import { ChainLedger } from "./store/ChainLedger.js";
import { CourtFacts } from "./store/CourtFacts.js";
import { Database } from "./store/Database.js";
import { EpochLedger } from "./store/EpochLedger.js";
import { OutlayLedger } from "./store/OutlayLedger.js";
import { ScoreLedger } from "./store/ScoreLedger.js";
import { ShownReceipts } from "./store/ShownReceipts.js";
import { TransactionLedger } from "./store/TransactionLedger.js";

export interface Oracle {
  readonly node: OracleNode;
  readonly view: OracleView;
  readonly database: Database;
  readonly outbox: Outbox;
  close(): Promise<void>;
}

const localChain = 31_337;

/** @throws RuntimeError, ModelError when the base model's folder is unusable. */
export async function openOracle(config: OracleConfig, clock: Clock, log: Log): Promise<Oracle> {
  const { deployment, rpcUrl } = config;
  const account = privateKeyToAccount(config.privateKey);
  const database = new Database(config.databaseUrl, (error) => log.fault("A database connection broke", error));
  const client = createPublicClient({
    chain: defineChain({
      id: deployment.chainId,
      name: `chain ${deployment.chainId}`,
      nativeCurrency: { name: "Ether", symbol: "ETH", decimals: 18 },
      rpcUrls: { default: { http: [rpcUrl] } },
    }),
    transport: http(rpcUrl, { timeout: 10_000, retryCount: 1 }),
    cacheTime: 0,
  });
  const domain = { chainId: deployment.chainId, market: deployment.addresses.inferenceMarket };
  const content = new ContentClient({ url: config.storeUrl });
  const facts = new ChainFacts(database);
  const courtFacts = new CourtFacts(database);
  const batches = new BatchLedger(database);
  const epochs = new EpochLedger(database);
  const chain = new ProtocolReader(client, deployment);
  const files = new EpochFiles({
    content,
    epochs,
    batches,
    facts,
    courtFacts,
    chain,
    clock,
    stream: deployment.dataStream,
  });
  const outbox = new Outbox({
    client,
    chainId: deployment.chainId,
    account,
    transactions: new TransactionLedger(database),
    clock,
    log,
  });
  const purse = new Purse({ deployment, chain, epochs, outbox, clock, log });
  const headers = new BatchOpener(facts, chain);
  const budget = new Budget({
    courtFacts,
    outlays: new OutlayLedger(database),
    epochs,
    account: account.address,
    limit: config.courtBudget,
    clock,
    log,
  });
  const batchFiles = new BatchFiles({ domain, content, epochs, shownReceipts: new ShownReceipts(database) });
  const shared = {
    deployment,
    batchFiles,
    confirmations: config.confirmations,
    datanets: config.validatedDatanets,
    admissions: new AdmissionFacts(database),
    scores: new ScoreLedger(database),
    domain,
    chain,
    content,
    facts,
    courtFacts,
    batches,
    epochs,
    files,
    headers,
    outbox,
    purse,
    budget,
    clock,
    log,
  };
  const source = new NodeChainSource(rpcUrl, deployment.chainId, deployment.addresses);

  const { modelDir, provider, tier, arithmetic, threads } = config;
  const opened = { provider, tier, arithmetic, threads };
  const runtime = modelDir === undefined ? undefined : await openRuntime({ modelDir, ...opened });
  if (runtime !== undefined) {
    const report = Object.entries(deviceReport(runtime)).map(([name, value]) => `${name} ${value}`);
    log.info(`base model is open: ${report.join(", ")}`);
  }
  const recomputation =
    runtime === undefined || config.modelDir === undefined
      ? undefined
      : await recomputationBy(runtime, config.modelDir, config, {
          ...shared,
          runners: new RunnerClient({ account, domain, clock, reach: reachOf(config) }),
        });
  const ahead =
    runtime === undefined || config.modelDir === undefined
      ? undefined
      : new IndexAhead({
          ...shared,
          runtime,
          tokenizer: await Tokenizer.load(config.modelDir),
          folder: join(config.dataDir, "indexes"),
        });
  const records = await recordJudge(runtime, config, shared);
  const memory = { folder: join(config.dataDir, "scratch") };
  const deciding = records && { ...shared, judge: records, account: account.address, memory };
  const isValidator = config.validatedDatanets.length > 0;
  const judge = deciding && isValidator ? new ContributionJudge(deciding) : undefined;
  const adviser =
    deciding && config.advisedDatanets.length > 0
      ? new ContributionAdviser({ ...deciding, datanets: config.advisedDatanets })
      : undefined;
  const settler = config.mode === "watch" ? undefined : new EpochSettler({ ...shared, cases: new FiledCases(shared) });

  const health = async (): Promise<Health> => {
    const [isDatabaseUp, active] = await Promise.all([
      database.isHealthy(),
      chain.isActiveOracle(account.address).catch(() => undefined),
    ]);
    return {
      database: isDatabaseUp,
      chain: active !== undefined,
      block: isDatabaseUp ? await facts.newestBlock().catch(() => undefined) : undefined,
      active: active ?? false,
      mode: config.mode,
      account: account.address,
    };
  };

  return {
    node: new OracleNode({
      source,
      ledger: new ChainLedger(database),
      startBlock: BigInt(deployment.startBlock),
      verifier: new BatchVerifier({ ...shared, graceSeconds: config.graceSeconds, recomputation }),
      settler,
      watcher: new EpochWatcher(shared),
      answerer: new DemandAnswerer(shared),
      prover: new BatchProver(shared),
      demander: new ReceiptDemander({ ...shared, ender: new DemandEnder(shared) }),
      keeper: new DisputeKeeper(shared),
      rounds: new RoundKeeper(shared),
      judging: new JudgingTurns(judge, adviser),
      ahead,
      pusher: config.pushedLeast === undefined ? undefined : new ClaimPusher({ ...shared, least: config.pushedLeast }),
      clock,
      log,
      pollIntervalMs: config.pollIntervalMs,
    }),
    view: new DatabaseView({ ...shared, adviser, health }),
    database,
    outbox,
    close: async () => {
      await runtime?.close();
      await database.close();
    },
  };
}

/** On the local chain everybody lives on one machine. */
function reachOf({ deployment, runnerUrl }: OracleConfig): Reach {
  return runnerUrl !== undefined || deployment.chainId === localChain ? "any" : "public";
}

/** Undefined where no contribution is judged. */
async function recordJudge(
  runtime: Runtime | undefined,
  { modelDir, threads, probesContributions, validatedDatanets, advisedDatanets }: OracleConfig,
  deps: Omit<RecordJudgeDeps, "runtime" | "tokenizer" | "probe">,
): Promise<RecordJudge | undefined> {
  if (runtime === undefined || modelDir === undefined) return undefined;
  if (validatedDatanets.length === 0 && advisedDatanets.length === 0) return undefined;
  const tokenizer = await Tokenizer.load(modelDir);
  const context = Math.min(ATTRIBUTION_CONTEXT, runtime.architecture.maxPositions);
  const probe = probesContributions ? new AdapterProbe({ modelDir, tokenizer, context, threads }) : undefined;
  return new RecordJudge({ ...deps, runtime, tokenizer, probe });
}

async function recomputationBy(
  runtime: Runtime,
  modelDir: string,
  config: OracleConfig,
  deps: {
    readonly content: ContentClient;
    readonly facts: ChainFacts;
    readonly runners: RunnerClient;
    readonly log: Log;
    readonly domain: MarketDomain;
    readonly chain: ProtocolReader;
  },
): Promise<Recomputation> {
  const tokenizer = await Tokenizer.load(modelDir);
  const versions = new VersionShelf({ ...deps, runtime, tokenizer, folder: join(config.dataDir, "indexes") });
  return {
    auditor: new AttributionAuditor({
      runtime,
      tokenizer,
      versions,
      facts: deps.facts,
      adapters: new AdapterShelf({ runtime, content: deps.content }),
      seeds: { domain: deps.domain, payerOf: (channel) => deps.chain.payerOf(channel) },
    }),
    runners: deps.runners,
    runnerUrl: config.runnerUrl,
  };
}
