/**
 * Everybody an oracle has to do with, on a real chain: a Datanet with contributors, a registered adapter, payers with
 * channels, and a runner that signs true receipts, settles them and discloses what stands behind them.
 */
import { mkdtempSync } from "node:fs";
import { readFile, rm } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type AdapterHandle,
  type AttributionVersion,
  attributeAnswer,
  buildIndexFolder,
  indexedRecords,
  initialAdapter,
  openRuntime,
  publishIndex,
  type Runtime,
  type SegmentIndex,
  Tokenizer,
  writeAdapter,
} from "@openledger/engine";
import {
  type AttributedReceipt,
  acceptContributions,
  answerFee,
  approveToken,
  attributionHash,
  attributionRecordsHash,
  buildRevelation,
  type ChainClient,
  ContentClient,
  type Contribution,
  type ContributionFile,
  commitIndex,
  compareReceipts,
  contentHash,
  contribute,
  contributionCommitment,
  createChainClient,
  createDatanet,
  type Deployment,
  deposit,
  discloseReceipts,
  disclosureDigest,
  EXACT_ENGINE,
  encodeBatchFile,
  encodeContributionFile,
  encodeTrainingManifest,
  fractionsAsText,
  type InferenceRequest,
  inferenceMarketAbi,
  type JsonValue,
  openChannel,
  outputHash,
  packSettlementRows,
  publishVersion,
  type Receipt,
  readSettledBatches,
  receiptHash,
  receiptTree,
  receiptTypedData,
  registerAdapter,
  registerBase,
  requestHash,
  revealReceipt,
  type SettleParameters,
  setEndpoint,
  settle,
  sharesHash,
  stake,
  transferToken,
  voucherTypedData,
  weightsRoot,
} from "@openledger/sdk";
import { type Address, type Hex, hexToBytes, keccak256, pad, parseEther, recoverAddress, toHex } from "viem";
import { openingOf, RECORDS_EACH, recordText, SUBJECTS } from "./tales.js";
import { testAccount } from "./testAccount.js";

export const accounts = { deployer: 0, runner: 1, oracle: 2, owner: 3, payers: [4, 5], watcher: 7, liar: 8 } as const;
export const contributorAccounts = [10, 11, 12] as const;
export const dataBps = 4000;
const price = { perRequest: 1_000_003n, perPromptToken: 1_009n, perOutputToken: 100_003n };

export interface SceneOptions {
  readonly deployment: Deployment;
  readonly rpcUrl: string;
  readonly storeUrl: string;
  readonly modelDir: string;
}

export interface SettledAnswers {
  readonly batch: bigint;
  /** Base units. */
  readonly amount: bigint;
  readonly parameters: SettleParameters;
  readonly receipts: readonly AttributedReceipt[];
}

type BuiltVersion = AttributionVersion & { readonly index: SegmentIndex };

interface PayerChannel {
  readonly payer: number;
  readonly salt: bigint;
  readonly channel: Hex;
  nonce: bigint;
  cumulative: bigint;
}

export class ProtocolScene {
  readonly disclosures = new Map<Hex, Record<string, unknown>>();
  /** What a lying runner makes of the tokens that its model gives. */
  lie: (tokens: readonly number[]) => readonly number[] = (tokens) => tokens;
  /** Where a runner puts its batches' files; one that withholds them names a hash that nobody has. */
  publish: (file: Uint8Array) => Promise<{ readonly hash: Hex }>;
  readonly askers = new Set<Address>();
  #channels: PayerChannel[] = [];
  #server: Server | undefined;
  #asked = 0;
  model = 0n;

  private constructor(
    readonly options: SceneOptions,
    readonly runtime: Runtime,
    readonly tokenizer: Tokenizer,
    readonly content: ContentClient,
  ) {
    this.publish = (file) => content.put(file);
  }

  static async open(options: SceneOptions): Promise<ProtocolScene> {
    const runtime = await openRuntime({ modelDir: options.modelDir });
    const tokenizer = await Tokenizer.load(options.modelDir);
    const scene = new ProtocolScene(options, runtime, tokenizer, new ContentClient({ url: options.storeUrl }));
    await scene.#fund();
    await scene.#register();
    await scene.#openChannels();
    await scene.#serveDisclosures();
    return scene;
  }

  get domain() {
    const { chainId, addresses } = this.options.deployment;
    return { chainId, market: addresses.inferenceMarket };
  }

  get runnerUrl(): string {
    const address = this.#server?.address() as AddressInfo | undefined;
    return `http://127.0.0.1:${address?.port}`;
  }

  client(index: number): ChainClient {
    return createChainClient({ ...this.options, account: testAccount(index), pollingIntervalMs: 50 });
  }

  /**
   * Answers questions of every payer and settles them in one batch.
   *
   * @param tamper Changes what the runner signs of each answer, to make it false.
   */
  async settleAnswers(
    perPayer: number,
    tamper: (entry: Omit<AttributedReceipt, "signature">) => Omit<AttributedReceipt, "signature"> = (entry) => entry,
  ): Promise<SettledAnswers> {
    const receipts: AttributedReceipt[] = [];
    for (const channel of this.#channels) {
      for (let at = 0; at < perPayer; at++) receipts.push(await this.#answer(channel, tamper));
    }
    receipts.sort((a, b) => compareReceipts(a.receipt, b.receipt));

    const runner = testAccount(accounts.runner);
    const file = encodeBatchFile({ runner: runner.address, ...this.domain, receipts });
    const { hash: dataHash } = await this.publish(file);
    const rows = await Promise.all(this.#channels.map((channel) => this.#voucherRow(channel)));
    const client = this.client(accounts.runner);
    const expectedConfig = await client.publicClient.readContract({
      address: this.domain.market,
      abi: inferenceMarketAbi,
      functionName: "configCode",
    });
    const receiptsRoot = receiptTree(
      this.domain,
      receipts.map(({ receipt }) => receipt),
    ).root;
    const parameters = { rows: packSettlementRows(rows), receiptsRoot, dataHash, expectedConfig };
    const { event } = await settle(client, parameters);
    return { batch: event?.batch ?? 0n, amount: event?.amount ?? 0n, parameters, receipts };
  }

  /** All that a settled receipt stands on, as the court asks for it. */
  async reveal(answers: SettledAnswers, index: number): Promise<void> {
    const entries = answers.receipts;
    const { receipt, signature, shares, records, methodHash } = entries[index]!;
    const { payer } = this.#channels.find(({ channel }) => channel === receipt.channel)!;
    const voucher = { cumulativeCap: receipt.cumulative, deadline: 0n };
    const { channel, model, nonce, requestHash } = receipt;
    const signed = voucherTypedData(this.domain, { channel, model, nonce, requestHash, ...voucher });
    const client = this.client(accounts.runner);
    const [settled] = await readSettledBatches(client, { numbers: [answers.batch] });
    const revelation = buildRevelation({
      market: this.domain,
      receiptsRoot: settled!.header.receiptsRoot,
      receipts: entries.map((entry) => entry.receipt),
      index,
      runnerSignature: signature,
      voucher,
      voucherSignature: await testAccount(payer).signTypedData(signed),
      attribution: { shares, recordsHash: attributionRecordsHash(records), methodHash },
    });
    await revealReceipt(client, { batch: settled!.header, index, revelation });
  }

  /** Some of a batch's receipts, as the court asks for all of them. */
  async disclose({ batch, receipts }: SettledAnswers, first: number, length: number): Promise<void> {
    const tree = receiptTree(
      this.domain,
      receipts.map(({ receipt }) => receipt),
    );
    const { firstIndex, count, siblings } = tree.rangeProof(first, length);
    const disclosures = receipts.slice(first, first + length).map(({ receipt, shares, records, methodHash }) => ({
      receipt,
      attribution: { shares, recordsHash: attributionRecordsHash(records), methodHash },
    }));
    const client = this.client(accounts.runner);
    const [settled] = await readSettledBatches(client, { numbers: [batch] });
    await discloseReceipts(client, {
      batch: settled!.header,
      range: { first: firstIndex, count, disclosures, siblings },
    });
  }

  /** Sends a settlement again, for instance because its block was orphaned. */
  async settleAgain(answers: SettledAnswers): Promise<SettledAnswers> {
    const { event } = await settle(this.client(accounts.runner), answers.parameters);
    return { ...answers, batch: event?.batch ?? 0n };
  }

  /** What a receipt with this attribution commits to. */
  commit({ shares, records, methodHash }: Pick<AttributedReceipt, "shares" | "records" | "methodHash">): Hex {
    return attributionHash({
      sharesHash: sharesHash(shares),
      recordsHash: attributionRecordsHash(records),
      methodHash,
    });
  }

  async close(): Promise<void> {
    this.#server?.closeAllConnections();
    await new Promise((resolve) => this.#server?.close(resolve));
    for (const { index } of this.#versions) index.close();
    await rm(this.#indexFolder, { recursive: true, force: true });
    await this.runtime.close();
  }

  async #fund(): Promise<void> {
    const { addresses } = this.options.deployment;
    const deployer = this.client(accounts.deployer);
    const others = [accounts.runner, accounts.oracle, ...accounts.payers, accounts.liar];
    for (const index of others) {
      await transferToken(deployer, { to: testAccount(index).address, amount: parseEther("100000") });
    }
    // a runner that is slashed below the least stake settles no more: some tests have it slashed several times
    for (const [index, role, amount] of [
      [accounts.runner, "Runner", parseEther("50000")],
      [accounts.oracle, "Oracle", parseEther("10000")],
      [accounts.liar, "Oracle", parseEther("10000")],
    ] as const) {
      const client = this.client(index);
      await approveToken(client, { spender: addresses.stakingManager, amount });
      await stake(client, { role, amount });
    }
    await approveToken(this.client(accounts.liar), {
      spender: addresses.attributionOracle,
      amount: parseEther("90000"),
    });
  }

  async #register(): Promise<void> {
    const owner = this.client(accounts.owner);
    const { event } = await createDatanet(owner, { name: "Tales", metadataHash: pad("0x0"), licences: ["MIT"] });
    const files = contributorAccounts.map((account, at) => contributionOf(event.datanet, account, at));
    const contributions: Contribution[] = [];
    for (const [at, file] of files.entries()) {
      await this.content.put(encodeContributionFile(file));
      const committed = { ...contributionCommitment(file), licence: file.licence, datanet: event.datanet };
      const done = await contribute(this.client(contributorAccounts[at]!), committed);
      contributions.push(done.contribution);
    }
    await acceptContributions(owner, { datanet: event.datanet, contributions });
    await publishVersion(owner, { datanet: event.datanet });

    const revenue = { modelBps: 1500, dataBps: 0 };
    const { hash: manifestHash } = await this.content.put(await readFile(join(this.options.modelDir, "manifest.json")));
    const registration = {
      name: "base",
      weightsRoot: this.runtime.weightsRoot,
      programRoot: this.runtime.programRoot(null),
      manifestHash,
      price,
    };
    const { event: base } = await registerBase(owner, { registration: { ...registration, revenue } });
    const versions = [{ datanet: event.datanet, version: 1 }];
    const adapter = {
      name: "adapter",
      price,
      revenue: { ...revenue, dataBps },
      ...(await this.#makeAdapter(base.model)),
    };
    this.model = (await registerAdapter(owner, { base: base.model, registration: adapter, versions })).event.model;

    this.#versions = [await this.#version(event.datanet, files)];
    await commitIndex(owner, {
      ...versions[0]!,
      base: base.model,
      ...(await publishIndex(this.#indexFolder, this.content)),
    });
  }

  #versions: readonly BuiltVersion[] = [];
  readonly #indexFolder = mkdtempSync(join(tmpdir(), "openledger-scene-"));
  #adapter: AdapterHandle | undefined;
  #programRoot: Hex = pad("0x0");

  /** An adapter as training begins with it: it changes nothing yet, but it is another program. */
  async #makeAdapter(base: bigint): Promise<{ weightsRoot: Hex; programRoot: Hex; manifestHash: Hex }> {
    const { architecture, weightsRoot: baseWeightsRoot } = this.runtime;
    const start = initialAdapter(architecture, { rank: 4, alpha: 8, projections: ["q", "down"] }, 1);
    const { config, weights } = writeAdapter(start, architecture);
    const root = weightsRoot(weights);
    this.#adapter = await this.runtime.loadAdapter({ config, weights, baseWeightsRoot });
    const { programId } = this.#adapter;
    const manifest = encodeTrainingManifest({
      base,
      baseWeightsRoot,
      datanets: [],
      seed: pad("0x1"),
      hyperparameters: {},
      adapterConfig: fractionsAsText(JSON.parse(config)) as { readonly [name: string]: JsonValue },
      engine: EXACT_ENGINE,
      program: { tier: this.runtime.tier, arithmetic: this.runtime.arithmetic, id: programId },
      steps: 0,
      tokens: 0,
      lossBefore: "1.0",
      lossAfter: "1.0",
      weights: { hash: contentHash(weights), root },
      split: {},
    });
    await this.content.put(weights);
    this.#programRoot = this.runtime.programRoot({ weightsRoot: root, programId });
    const { hash: manifestHash } = await this.content.put(manifest);
    return { weightsRoot: root, programRoot: this.#programRoot, manifestHash };
  }

  async #version(datanet: bigint, files: readonly ContributionFile[]): Promise<BuiltVersion> {
    const texts = files.flatMap((file) => file.records.map(({ text }) => text));
    const records = indexedRecords(texts, this.tokenizer);
    const contributors = files.flatMap((file) => file.records.map(() => file.contributor));
    const index = await buildIndexFolder(this.runtime, records, this.#indexFolder);
    return { datanet, version: 1, index, contributors };
  }

  async #openChannels(): Promise<void> {
    const runner = this.client(accounts.runner);
    const amount = parseEther("1000");
    for (const payer of accounts.payers) {
      const client = this.client(payer);
      await approveToken(client, { spender: this.domain.market, amount });
      await deposit(client, { payer: client.account.address, amount });
      const salt = BigInt(payer);
      const { event } = await openChannel(client, { runner: runner.account.address, salt, amount });
      this.#channels.push({ payer, salt, channel: event.channel, nonce: 0n, cumulative: 0n });
    }
  }

  async #answer(
    channel: PayerChannel,
    tamper: (entry: Omit<AttributedReceipt, "signature">) => Omit<AttributedReceipt, "signature">,
  ): Promise<AttributedReceipt> {
    const asked = this.#asked++;
    const request: InferenceRequest = {
      model: this.model,
      salt: keccak256(toHex(`salt ${asked}`)),
      prompt: `${asked}. ${openingOf(asked % SUBJECTS)}`,
      maxTokens: 60,
      temperatureMilli: 800,
      topPMilli: 950,
      topK: 0,
      repetitionPenaltyMilli: 1000,
      seed: keccak256(toHex(`seed ${asked}`)),
    };
    const promptIds = this.tokenizer.encode(request.prompt);
    const { tokens: drawn } = await this.runtime.generate({
      ...request,
      adapter: this.#adapter!,
      promptIds,
      seed: hexToBytes(request.seed),
    });
    const tokens = this.lie(drawn);
    const found = await attributeAnswer(this.runtime, { versions: this.#versions, promptIds, outputIds: tokens });
    const fee = answerFee(price, { promptTokens: promptIds.length, outputTokens: tokens.length });
    channel.nonce += 1n;
    channel.cumulative += fee;
    const receipt: Receipt = {
      channel: channel.channel,
      model: this.model,
      nonce: channel.nonce,
      cumulative: channel.cumulative,
      fee,
      promptTokens: promptIds.length,
      outputTokens: tokens.length,
      requestHash: requestHash(request),
      programRoot: this.#programRoot,
      seed: request.seed,
      outputHash: outputHash(request.salt, tokens),
      attributionHash: this.commit(found),
    };
    const entry = tamper({ receipt, shares: found.shares, records: found.records, methodHash: found.methodHash });
    const signature = await testAccount(accounts.runner).signTypedData(receiptTypedData(this.domain, entry.receipt));
    const { salt, prompt, model: _, ...parameters } = request;
    const voucher = { cumulativeCap: "0", deadline: "0", signature: `0x${"00".repeat(65)}` };
    const disclosed = { prompt, salt, parameters, voucher, outputTokens: tokens, text: this.tokenizer.decode(tokens) };
    this.disclosures.set(receiptHash(this.domain, entry.receipt), disclosed);
    return { ...entry, signature };
  }

  async #voucherRow({ payer, salt, channel, nonce, cumulative }: PayerChannel) {
    const account = testAccount(payer);
    const block = await this.client(payer).publicClient.getBlock();
    const voucher = {
      channel,
      model: this.model,
      nonce,
      cumulativeCap: cumulative,
      requestHash: pad("0x3"),
      deadline: block.timestamp + 3600n,
    };
    const signature = await account.signTypedData(voucherTypedData(this.domain, voucher));
    return { payer: account.address, channelSalt: salt, voucher, signature, cumulative };
  }

  async #serveDisclosures(): Promise<void> {
    const server = createServer((request, response) => {
      const receipt = request.url?.split("/")[3] as Hex;
      let body = "";
      request.on("data", (part: Buffer) => {
        body += part.toString();
      });
      request.on("end", async () => {
        const { signer, deadline, signature } = JSON.parse(body) as {
          signer: Address;
          deadline: string;
          signature: Hex;
        };
        const digest = disclosureDigest(this.domain, { receipt, deadline: BigInt(deadline) });
        const entitled = (await recoverAddress({ hash: digest, signature })) === signer;
        this.askers.add(signer);
        const answer = this.disclosures.get(receipt);
        response.writeHead(entitled ? (answer === undefined ? 404 : 200) : 403).end(JSON.stringify(answer ?? {}));
      });
    });
    this.#server = server;
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    await setEndpoint(this.client(accounts.runner), { role: "Runner", endpoint: this.runnerUrl });
  }
}

function contributionOf(datanet: bigint, account: number, at: number): ContributionFile {
  return {
    datanet,
    contributor: testAccount(account).address,
    licence: "MIT",
    source: { name: `tales-${at}`, version: "1.0.0" },
    records: Array.from({ length: RECORDS_EACH }, (_, record) => ({
      path: `${record}.txt`,
      text: recordText(at, record),
    })),
  };
}
