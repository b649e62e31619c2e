/** A real network for tests: PostgreSQL, anvil with the deployed contracts, the content store, and a model folder. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildIndexFolder, DEFAULT_ARITHMETIC, DEFAULT_TIER, indexedRecords, publishIndex } from "@openledger/engine";
import { callRpc, type Devnet, freePort, startDevnet } from "@openledger/script";
import {
  acceptContributions,
  approveToken,
  type ChainClient,
  ContentClient,
  type Contribution,
  commitIndex,
  contentHash,
  contribute,
  contributionCommitment,
  createChainClient,
  createDatanet,
  type Deployment,
  EXACT_ENGINE,
  encodeContributionFile,
  encodeTrainingManifest,
  fractionsAsText,
  type JsonValue,
  parseDeployment,
  publishVersion,
  readVersion,
  registerAdapter,
  registerBase,
  stake,
  transferToken,
  weightsRoot,
} from "@openledger/sdk";
import type { LocalAccount } from "viem";
import { mnemonicToAccount } from "viem/accounts";
import type { RunnerConfig } from "../config.js";
import { readRunnerConfig } from "../config.js";
import { BaseModel } from "../serve/BaseModel.js";
import { makeTestModel, testAdapter, testTexts } from "./testModel.js";

const mnemonic = "test test test test test test test test test test test junk";
export const open = 10n ** 18n;

export class TestNetwork {
  readonly deployment: Deployment;
  readonly content: ContentClient;
  readonly modelDir: string;
  #databases = 0;

  private constructor(
    readonly folder: string,
    readonly net: Devnet,
  ) {
    this.deployment = parseDeployment(JSON.parse(readFileSync(net.deploymentFile, "utf8")));
    this.content = new ContentClient({ url: net.urls.store });
    this.modelDir = join(folder, "model");
  }

  static async start(): Promise<TestNetwork> {
    const folder = mkdtempSync(join(tmpdir(), "openledger-runner-"));
    const model = makeTestModel(join(folder, "model"));
    const net = await startDevnet({
      stateDir: join(folder, "net"),
      ports: "free",
      services: ["postgres", "anvil", "contracts", "store"],
    });
    await model;
    // A block for each transaction: tests wait for what they caused, not for a clock.
    await callRpc(net.urls.rpc, "evm_setIntervalMining", [0]);
    await callRpc(net.urls.rpc, "evm_setAutomine", [true]);
    const network = new TestNetwork(folder, net);
    const runner = network.client(1);
    await transferToken(network.client(0), { to: runner.account.address, amount: 20_000n * open });
    await approveToken(runner, { spender: network.deployment.addresses.stakingManager, amount: 20_000n * open });
    await stake(runner, { role: "Runner", amount: 20_000n * open });
    return network;
  }

  account(index: number): LocalAccount {
    return mnemonicToAccount(mnemonic, { addressIndex: index });
  }

  client(index: number): ChainClient & { readonly account: LocalAccount } {
    const account = this.account(index);
    const { deployment } = this;
    return { ...createChainClient({ deployment, rpcUrl: this.net.urls.rpc, account, pollingIntervalMs: 20 }), account };
  }

  /** A payer with OPEN to spend. */
  async payer(index: number): Promise<ChainClient & { readonly account: LocalAccount }> {
    const client = this.client(index);
    await transferToken(this.client(0), { to: client.account.address, amount: 1000n * open });
    return client;
  }

  rpc(method: string, params: readonly unknown[]): Promise<unknown> {
    return callRpc(this.net.urls.rpc, method, [...params]);
  }

  /** Environment of a runner with a database of its own. */
  async env(): Promise<Record<string, string>> {
    this.#databases += 1;
    const name = `runner${this.#databases}`;
    return {
      HOST: "127.0.0.1",
      PORT: String(await freePort()),
      DATABASE_URL: await this.net.database(name),
      RPC_URL: this.net.urls.rpc,
      DEPLOYMENT_FILE: this.net.deploymentFile,
      STORE_URL: this.net.urls.store,
      MODEL_DIR: this.modelDir,
      DATA_DIR: join(this.folder, name),
      POLL_MS: "20",
      SETTLE_RECEIPTS: "1000",
      SETTLE_SECONDS: "3600",
    };
  }

  async config(more: Readonly<Record<string, string>> = {}): Promise<RunnerConfig> {
    return readRunnerConfig({ ...(await this.env()), ...more });
  }

  /** Registers the base of the model folder. */
  async registerBase(): Promise<bigint> {
    const base = await BaseModel.open({ modelDir: this.modelDir, threads: 1, onExit: () => {} });
    await base.close();
    const manifest = readFileSync(join(this.modelDir, "manifest.json"));
    const { event } = await registerBase(this.client(3), {
      registration: {
        name: "small base",
        weightsRoot: base.weightsRoot,
        programRoot: base.programRoot(null),
        manifestHash: (await this.content.put(manifest)).hash,
        price: { perRequest: 1_000n, perPromptToken: 10n, perOutputToken: 100n },
        revenue: { modelBps: 1500, dataBps: 0 },
      },
    });
    return event.model;
  }

  /** Two contributors' Datanet with its index, and the adapter registered over it. */
  async registerAdapter(baseModel: bigint): Promise<{ readonly model: bigint; readonly datanet: bigint }> {
    const owner = this.client(3);
    const created = await createDatanet(owner, {
      name: "functions",
      metadataHash: `0x${"00".repeat(32)}`,
      licences: ["MIT", "Apache-2.0"],
    });
    const { datanet } = created.event;
    const contributions: Contribution[] = [];
    const texts: string[] = [];
    for (const [index, topic, licence] of [
      [10, "alpha", "MIT"],
      [11, "beta", "Apache-2.0"],
    ] as const) {
      const client = this.client(index);
      const records = testTexts(6, topic).map((text, at) => ({ path: `${topic}/${at}.js`, text }));
      const file = {
        datanet,
        contributor: client.account.address,
        licence,
        source: { name: topic, version: "1.0.0" },
        records,
      };
      await this.content.put(encodeContributionFile(file));
      const { recordsRoot, recordCount, dataHash } = contributionCommitment(file);
      const done = await contribute(client, { datanet, recordsRoot, recordCount, licence, dataHash });
      contributions.push(done.contribution);
      texts.push(...records.map(({ text }) => text));
    }
    await acceptContributions(owner, { datanet, contributions });
    const { version } = (await publishVersion(owner, { datanet })).event;

    const base = await BaseModel.open({ modelDir: this.modelDir, threads: 1, onExit: () => {} });
    const path = join(this.folder, `index-${datanet}`);
    (await buildIndexFolder(base.runtime, indexedRecords(texts, base.tokenizer), path)).close();
    const adapter = testAdapter();
    const adapterRoot = weightsRoot(adapter.weights);
    const { programId } = await base.runtime.loadAdapter({
      config: JSON.stringify(adapter.config),
      weights: adapter.weights,
      baseWeightsRoot: base.weightsRoot,
    });
    await base.close();
    const published = await publishIndex(path, this.content);
    await commitIndex(owner, { datanet, version, base: baseModel, ...published });

    const manifest = encodeTrainingManifest({
      base: baseModel,
      baseWeightsRoot: base.weightsRoot,
      datanets: [{ datanet, version, root: (await readVersion(owner, datanet, version)).root }],
      seed: `0x${"01".repeat(32)}`,
      hyperparameters: {},
      adapterConfig: fractionsAsText(adapter.config) as { readonly [name: string]: JsonValue },
      engine: EXACT_ENGINE,
      program: { tier: DEFAULT_TIER, arithmetic: DEFAULT_ARITHMETIC, id: programId },
      steps: 1,
      tokens: 1,
      lossBefore: "1.0",
      lossAfter: "1.0",
      weights: { hash: contentHash(adapter.weights), root: adapterRoot },
      split: {},
    });
    await this.content.put(adapter.weights);
    const { event } = await registerAdapter(owner, {
      base: baseModel,
      registration: {
        name: "functions adapter",
        weightsRoot: adapterRoot,
        programRoot: base.programRoot({ weightsRoot: adapterRoot, programId }),
        manifestHash: (await this.content.put(manifest)).hash,
        price: { perRequest: 2_000n, perPromptToken: 20n, perOutputToken: 200n },
        revenue: { modelBps: 1500, dataBps: 4000 },
      },
      versions: [{ datanet, version }],
    });
    return { model: event.model, datanet };
  }

  async stop(): Promise<void> {
    await this.net.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
