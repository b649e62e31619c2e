import { execFile } from "node:child_process";
import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import type { EarningRange, Earnings, Trace } from "@openledger/cli";
import { repositoryRoot } from "@openledger/script";
import {
  ATTRIBUTION_RULES,
  type AttributedReceipt,
  acceptContributions,
  approveToken,
  attributionIndexRoot,
  attributionMethodHash,
  buildEpoch,
  ContentClient,
  type Contribution,
  type ContributionFile,
  canonicalJsonBytes,
  claim,
  commitIndex,
  compareReceipts,
  configCode,
  contentCid,
  contentHash,
  contribute,
  contributionCommitment,
  createDatanet,
  createPayer,
  creditTree,
  type EpochFile,
  EXACT_ENGINE,
  encodeBatchFile,
  encodeContributionFile,
  encodeEpochFile,
  encodeIndexFile,
  encodeTrainingManifest,
  eraseContentTypedData,
  finalizeEpoch,
  type IndexFile,
  openEpoch,
  packSettlementRows,
  parseOpen,
  payoutClaim,
  payoutTree,
  poolAccount,
  programDescription,
  programRoot,
  proposeEpoch,
  proveEpoch,
  publishVersion,
  query,
  readVersion,
  receiptTree,
  registerAdapter,
  registerBase,
  settle,
  weightsRoot,
} from "@openledger/sdk";
import { type Address, type Hex, keccak256, stringToHex, toHex } from "viem";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ScriptedRunner, scriptedRunner } from "./scriptedRunner.js";
import { accountOf, startWorld, type World } from "./world.js";

const word = (text: string): Hex => keccak256(stringToHex(text));
const bytesOf = (text: string, length: number): Uint8Array =>
  Uint8Array.from({ length }, (_, at) => text.charCodeAt(at % text.length) ^ (at >> 8));

const PRICE = { perRequest: 1_000_003n, perPromptToken: 101n, perOutputToken: 10_007n };
const ARCHITECTURE = { model_type: "llama", rms_norm_eps: "0.000001" };
const BASE_WEIGHTS = bytesOf("base", 5000);
const ADAPTER_WEIGHTS = bytesOf("adapter", 3000);
const INDEX: IndexFile = {
  baseWeightsRoot: word("base weights"),
  attributionHash: word("attribution"),
  recordsRoot: word("records"),
  postingsRoot: word("postings"),
  floors: [9, 8, 7, 6, 5, 4, 3, 2, 1],
  thresholds: { sha256: word("thresholds"), byteLength: 2, parts: [word("thresholds")] },
  segments: [{ records: 6, sha256: word("segment"), byteLength: 100, parts: [word("segment")] }],
};
const INDEX_BYTES = encodeIndexFile(INDEX);

let world: World;
let content: ContentClient;
let files: ContributionFile[];
let hashes: { readonly honest: Hex; readonly false: Hex };
let transactions: Record<"settlement" | "registration" | "version" | "acceptance", Hex>;

beforeAll(async () => {
  world = await startWorld(["postgres", "anvil", "contracts", "store", "graph"]);
  content = new ContentClient({ url: world.devnet.urls.store });
  await world.stakeNodes();
  await publishData();
  const { honest, lying } = await registerModels();
  await payAndSettle(honest, lying);
  const block = await world.clients.payer.publicClient.getBlockNumber();
  await query.waitForBlock({ url: world.devnet.urls.graphql }, block);
}, 300_000);

afterAll(() => world?.stop());

async function publishData(): Promise<void> {
  const { owner, ada, bob } = world.clients;
  await createDatanet(owner, { name: "Code", metadataHash: word("about"), licences: ["MIT", "Apache-2.0"] });
  files = ([ada, bob] as const).map((client, at) => ({
    datanet: 1n,
    contributor: client.account.address,
    licence: at === 0 ? "MIT" : "Apache-2.0",
    source: { name: at === 0 ? "ada" : "bob", version: "1.0.0" },
    records: [1, 2, 3].map((n) => ({ path: `src/${n}.ts`, text: `export const answer${n} = ${n + at};\n` })),
  }));
  const contributions: Contribution[] = [];
  for (const [at, client] of [ada, bob].entries()) {
    await content.put(encodeContributionFile(files[at]!));
    const commitment = { ...contributionCommitment(files[at]!), licence: files[at]!.licence };
    contributions.push((await contribute(client, { datanet: 1n, ...commitment })).contribution);
  }
  const accepted = await acceptContributions(owner, { datanet: 1n, contributions });
  const published = await publishVersion(owner, { datanet: 1n });
  transactions = { ...transactions, acceptance: accepted.hash, version: published.hash };
}

async function registerModels(): Promise<{ readonly honest: Hex; readonly lying: Hex }> {
  const { owner } = world.clients;
  const [baseRoot, adapterRoot] = [weightsRoot(BASE_WEIGHTS), weightsRoot(ADAPTER_WEIGHTS)];
  const tokenizerHash = word("tokenizer");
  const manifest = canonicalJsonBytes({
    format: "openledger.base/1",
    architecture: ARCHITECTURE,
    tokenizer: { hash: tokenizerHash },
    weights: { hash: contentHash(BASE_WEIGHTS), root: baseRoot },
    program: { tier: "w8a16", arithmetic: "float", id: word("base program") },
    corpus: [],
    heldOutBitsPerByte: "1.5",
  });
  const program = (root: Hex | null): Hex =>
    programRoot(
      programDescription({
        engine: EXACT_ENGINE,
        architecture: ARCHITECTURE,
        tokenizerHash,
        baseRoot,
        adapterRoot: root,
        programId: word(root === null ? "base program" : "adapter program"),
      }),
    );
  await Promise.all([BASE_WEIGHTS, ADAPTER_WEIGHTS, INDEX_BYTES, manifest].map((bytes) => content.put(bytes)));
  const terms = { price: PRICE, revenue: { modelBps: 1500, dataBps: 0 } };
  await registerBase(owner, {
    registration: {
      ...terms,
      name: "base",
      weightsRoot: baseRoot,
      programRoot: program(null),
      manifestHash: contentHash(manifest),
    },
  });

  const { root } = await readVersion(owner, 1n, 1);
  const training = encodeTrainingManifest({
    base: 1n,
    baseWeightsRoot: baseRoot,
    datanets: [{ datanet: 1n, version: 1, root }],
    seed: word("seed"),
    hyperparameters: { rank: 8 },
    adapterConfig: { r: 8 },
    engine: EXACT_ENGINE,
    program: { tier: "w8a16", arithmetic: "float", id: word("adapter program") },
    steps: 10,
    tokens: 1000,
    lossBefore: "3.5",
    lossAfter: "2.5",
    weights: { hash: contentHash(ADAPTER_WEIGHTS), root: adapterRoot },
    split: {},
  });
  await content.put(training);
  const adapter = {
    ...terms,
    revenue: { modelBps: 1500, dataBps: 4000 },
    manifestHash: contentHash(training),
    weightsRoot: adapterRoot,
  };
  const versions = [{ datanet: 1n, version: 1 }];
  const [honest, lying] = [program(adapterRoot), word("another program")];
  const registered = await registerAdapter(owner, {
    base: 1n,
    registration: { ...adapter, name: "honest", programRoot: honest },
    versions,
  });
  transactions = { ...transactions, registration: registered.hash };
  // The same manifest under other roots: what it claims is not what is registered.
  const claimed = { ...adapter, name: "lying", weightsRoot: word("other weights"), programRoot: lying };
  await registerAdapter(owner, { base: 1n, registration: claimed, versions });
  const index = { root: attributionIndexRoot(INDEX), dataHash: contentHash(INDEX_BYTES) };
  await commitIndex(owner, { datanet: 1n, version: 1, base: 1n, ...index });
  return { honest, lying };
}

async function payAndSettle(honest: Hex, lying: Hex): Promise<void> {
  const { payer, ada, bob } = world.clients;
  const record = (recordIndex: bigint, contribution: bigint, share: number) => ({
    datanet: 1n,
    version: 1,
    recordIndex,
    share,
    contribution,
    contributor: (contribution === 1n ? ada : bob).account.address,
    licence: "MIT",
    source: { name: "ada", version: "1.0.0", path: "src/1.ts" },
    excerpt: "export",
  });
  const script = (model: bigint, program: Hex): ScriptedRunner =>
    scriptedRunner({
      account: accountOf("runner"),
      payer: payer.account.address,
      domain: world.domain,
      model,
      price: PRICE,
      programRoot: program,
      shares: [
        { account: poolAccount(1n), share: 5_536 },
        { account: ada.account.address, share: 20_000 },
        { account: bob.account.address, share: 40_000 },
      ].sort((a, b) => (BigInt(a.account) < BigInt(b.account) ? -1 : 1)),
      records: [record(4n, 2n, 40_000), record(0n, 1n, 15_000), record(2n, 1n, 5_000)],
      methodHash: attributionMethodHash([attributionIndexRoot(INDEX)]),
      twist: (receipt) => receipt,
      before: () => {},
    });

  const runners = [script(2n, honest), script(3n, lying)];
  const answers = [];
  for (const { fetch, script: one } of runners) {
    const paying = await createPayer({ client: payer, runnerUrl: "http://runner", fetch });
    if (answers.length === 0) await paying.fund(parseOpen("1"));
    const ask = () => paying.ask({ model: one.model, prompt: "const a =", maxTokens: 8 });
    answers.push(await ask());
    if (one.model === 2n) askHonest = ask;
  }
  hashes = { honest: answers[0]!.receiptHash, false: answers[1]!.receiptHash };
  transactions = { ...transactions, settlement: await settleAnswers(runners.flatMap(({ answered }) => answered)) };
  settleAgain = async () => {
    const { receiptHash } = await askHonest();
    await settleAnswers(runners[0]!.answered.slice(1));
    return receiptHash;
  };
}

let askHonest: () => Promise<{ readonly receiptHash: Hex }>;
/** One more answer of the honest model, settled in a batch of its own. */
let settleAgain: () => Promise<Hex>;
/** Receipts of each batch, in the order of its tree. */
const settledBatches: (readonly AttributedReceipt[])[] = [];

async function settleAnswers(answered: ScriptedRunner["answered"]): Promise<Hex> {
  const { payer, runner } = world.clients;
  const entries = [...answered].sort((a, b) => compareReceipts(a.receipt, b.receipt));
  const receipts = entries.map(({ payment: _, ...entry }) => entry);
  const file = encodeBatchFile({ ...world.domain, runner: runner.account.address, receipts });
  await content.put(file);
  const settled = await settle(runner, {
    rows: packSettlementRows(
      entries.map(({ payment: { voucher, signature }, receipt: { cumulative } }) => ({
        payer: payer.account.address,
        channelSalt: 0n,
        voucher,
        signature,
        cumulative,
      })),
    ),
    receiptsRoot: receiptTree(
      world.domain,
      receipts.map(({ receipt }) => receipt),
    ).root,
    dataHash: contentHash(file),
    expectedConfig: configCode({ protocolBps: 200, securityBps: 500, stakersBps: 800 }),
  });
  settledBatches.push(receipts);
  return settled.hash;
}

/** The command as a user runs it; no runner answers at this address. */
async function run(...words: string[]): Promise<{ readonly code: number; readonly out: string; readonly err: string }> {
  const { urls, deploymentFile } = world.devnet;
  const options = ["--deployment", deploymentFile, "--rpc", urls.rpc, "--graphql", urls.graphql];
  const places = [...options, "--content", urls.store, "--runner", "http://127.0.0.1:9"];
  const main = join(repositoryRoot, "cli", "dist", "main.js");
  try {
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [main, ...words, ...places]);
    return { code: 0, out: stdout, err: stderr };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { code, out: stdout, err: stderr };
  }
}

async function trace(hash: Hex): Promise<{ readonly code: number; readonly trace: Trace }> {
  const { code, out } = await run("trace", hash, "--json");
  return { code, trace: JSON.parse(out) as Trace };
}

const failures = ({ checks }: Trace): string[] => [
  ...new Set(checks.filter(({ ok }) => !ok).map(({ name, subject }) => `${name}: ${subject}`)),
];

describe("openledger trace", () => {
  it("walks from an answer to records, contributors, licences and transactions", async () => {
    const { code, trace: traced } = await trace(hashes.honest);

    expect(failures(traced)).toEqual([]);
    expect([code, traced.ok]).toEqual([0, true]);
    expect(traced.settlement).toMatchObject({ batch: "1", receiptIndex: 0, transaction: transactions.settlement });
    expect(traced.model).toMatchObject({ model: "2", name: "honest", transaction: transactions.registration });
    expect(traced.base).toMatchObject({ model: "1", name: "base" });
    expect(traced.training).toMatchObject({ lossBefore: "3.5", lossAfter: "2.5" });
    expect(traced.versions).toMatchObject([
      { datanet: "1", version: 1, contributions: 2, records: "6", transaction: transactions.version },
    ]);
    const root = attributionIndexRoot(INDEX);
    expect(traced.versions[0]!.index).toMatchObject({ root, dataHash: contentHash(INDEX_BYTES) });
    expect(traced.method).toEqual({ hash: attributionMethodHash([root]), rules: ATTRIBUTION_RULES });
    const [ada, bob] = [world.clients.ada.account.address, world.clients.bob.account.address];
    expect(traced.records).toMatchObject([
      {
        recordIndex: "4",
        contribution: "2",
        contributor: bob,
        licence: "Apache-2.0",
        text: files[1]!.records[1]!.text,
      },
      { recordIndex: "0", contribution: "1", contributor: ada, licence: "MIT", text: files[0]!.records[0]!.text },
      { recordIndex: "2", contribution: "1", contributor: ada, licence: "MIT", text: files[0]!.records[2]!.text },
    ]);
    const cids = [files[1]!, files[0]!, files[0]!].map((file) => contentCid(contentHash(encodeContributionFile(file))));
    expect(traced.records.map(({ cid }) => cid)).toEqual(cids);
    for (const { transactions: made } of traced.records) expect(made.acceptance).toBe(transactions.acceptance);
    const earned = traced.shares.reduce((sum, { amount }) => sum + BigInt(amount), 0n);
    expect(`${earned}`).toBe(traced.dataFee);
    const names = new Set(traced.checks.map(({ name }) => name));
    for (const name of [
      "receipt_hash",
      "signature",
      "receipts_root",
      "weights_root",
      "manifest",
      "program_root",
      "version_root",
      "records_root",
      "record",
      "attribution_hash",
      "attribution_method",
      "shares_sum",
      "contributor_share",
      "transaction",
    ]) {
      expect(names).toContain(name);
    }
  });

  it("says in words what it found", async () => {
    const { code, out } = await run("trace", hashes.honest);
    expect(code).toBe(0);
    expect(out).toContain(`Receipt ${hashes.honest}`);
    expect(out).toContain("bob@1.0.0 src/2.ts (Apache-2.0)");
    const root = attributionIndexRoot(INDEX);
    expect(out).toContain(`Attributed by method ${attributionMethodHash([root])}, rules 2\n`);
    expect(out).toContain(`  index ${root}\n`);
    expect(out).toMatch(/(\d+) of \1 checks hold/);
  });

  it("exits 1 and names what a model's registration has wrong", async () => {
    const { code, trace: traced } = await trace(hashes.false);
    expect([code, traced.ok]).toEqual([1, false]);
    expect(failures(traced)).toEqual(["manifest_weights: model 3", "weights_root: model 3", "program_root: model 3"]);
  });

  it("names a file that the store lost or altered, and goes on", async () => {
    const hash = contentHash(encodeContributionFile(files[0]!)).slice(2);
    const path = join(world.devnet.stateDir, "store", "blocks", hash.slice(0, 2), hash);
    const kept = await readFile(path);
    const lost = [
      "contribution_file: contribution 1",
      "record: record 0 of Datanet 1 version 1",
      "record: record 2 of Datanet 1 version 1",
    ];

    await rm(path);
    const missing = await trace(hashes.honest);
    await writeFile(path, Buffer.concat([kept.subarray(0, -2), Buffer.from(" }")]));
    const altered = await trace(hashes.honest);
    await writeFile(path, kept);

    for (const { code, trace: traced } of [missing, altered]) {
      expect(code).toBe(1);
      expect(failures(traced)).toEqual(expect.arrayContaining(lost));
      expect(traced.records.map(({ recordIndex }) => recordIndex)).toEqual(["4"]);
    }
    expect((await trace(hashes.honest)).code).toBe(0);
  });

  it("says that a receipt is unknown, and what a receipt is", async () => {
    const unknown = await run("trace", word("nothing"));
    expect([unknown.code, unknown.err]).toEqual([1, expect.stringMatching(/^unknown_receipt: /)]);
    const malformed = await run("trace", "0x12");
    expect([malformed.code, malformed.err]).toEqual([1, expect.stringMatching(/0x and 64 hex digits/)]);
  });
});

describe("openledger books and balances", () => {
  it("balance to the last unit", async () => {
    const { code, out } = await run("books", "--json");
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ depositsBalance: true, partsBalance: true });
  });

  it("shows what an account has", async () => {
    const { out } = await run("balances", world.clients.payer.account.address, "--json");
    const { channels, free } = JSON.parse(out) as Record<string, string>;
    const books = JSON.parse((await run("books", "--json")).out) as { totals: Record<string, string> };
    expect(BigInt(channels!)).toBe(parseOpen("1") - BigInt(books.totals.settled!));
    expect(free).toBe("0");
  });

  it("has nothing to claim before an epoch is final", async () => {
    const key = join(world.devnet.stateDir, "key.json");
    await writeFile(key, JSON.stringify({ privateKey: word("anybody") }), { mode: 0o600 });
    const { code, err } = await run("claim", world.clients.ada.account.address, "--key-file", key);
    expect([code, err]).toEqual([1, expect.stringMatching(/^nothing_to_claim: .*no epoch is final yet/)]);
  });
});

describe("openledger earnings", () => {
  const DATA_BPS = 4000;
  let lists: EpochFile[] = [];

  async function earnings(account: Address, ...options: readonly string[]) {
    await query.waitForBlock(
      { url: world.devnet.urls.graphql },
      await world.clients.payer.publicClient.getBlockNumber({ cacheTime: 0 }),
    );
    const { code, out } = await run("earnings", account, "--json", ...options);
    return { code, earned: JSON.parse(out) as Earnings };
  }
  const wrong = ({ checks }: Earnings) =>
    checks.filter(({ ok }) => !ok).map(({ name, subject }) => `${name}: ${subject}`);
  const stages = ({ ranges }: Earnings) => ranges.map(({ stage, epoch }) => [stage, epoch]);

  /** The lists of an epoch over one batch of this test. */
  function listsOf(epoch: bigint): EpochFile {
    return buildEpoch({
      epoch,
      firstBatch: epoch,
      lastBatch: epoch,
      stream: world.deployment.dataStream,
      receipts: settledBatches[Number(epoch) - 1]!.map(({ receipt, shares }, receiptIndex) => ({
        ...{ batch: epoch, receiptIndex, dataBps: DATA_BPS, shares },
        ...{ cumulative: receipt.cumulative, fee: receipt.fee },
      })),
      previous: lists.at(-1)?.payouts ?? [],
    });
  }

  async function propose(file: EpochFile): Promise<void> {
    const { oracle } = world.clients;
    await world.pass(2);
    await approveToken(oracle, { spender: world.deployment.addresses.attributionOracle, amount: parseOpen("1000") });
    await content.put(encodeEpochFile(file));
    await proposeEpoch(oracle, {
      epoch: file.epoch,
      creditsRoot: creditTree(file.credits).root,
      payoutsRoot: payoutTree(file.stream, file.payouts).root,
      total: file.total,
      dataHash: contentHash(encodeEpochFile(file)),
      asOf: (await oracle.publicClient.getBlock()).timestamp - 1n,
    });
  }

  it("leads from an account to its receipts before any epoch, and by these to its records", async () => {
    const ada = world.clients.ada.account.address;
    const { code, earned } = await earnings(ada);

    expect([code, wrong(earned), stages(earned)]).toEqual([0, [], [["settled", undefined]]]);
    const [{ receipts }] = earned.ranges as [EarningRange];
    expect(receipts.map(({ receiptIndex, share, model }) => [receiptIndex, share, model])).toEqual([
      [1, 20_000, "3"],
      [0, 20_000, "2"],
    ]);
    expect(receipts[1]!.receiptHash).toBe(hashes.honest);
    const { trace: traced } = await trace(receipts[1]!.receiptHash!);
    expect(traced.shares.find(({ account }) => account === ada)?.amount).toBe(receipts[1]!.amount);
    expect(traced.records.filter(({ contributor }) => contributor === ada)).toHaveLength(2);
  });

  it("says what a false root has wrong, and that it was cancelled", async () => {
    const { oracle, watcher } = world.clients;
    await openEpoch(oracle);
    const honest = listsOf(1n);
    const [first, ...rest] = honest.credits;
    const credits = [{ ...first!, amount: first!.amount + 1n }, ...rest];
    await propose({ ...honest, credits });
    const { contributor } = first!;

    const claimed = await earnings(contributor);
    expect([claimed.code, stages(claimed.earned)]).toEqual([1, [["window", "1"]]]);
    expect(wrong(claimed.earned)).toEqual(["credits_sum: epoch 1", "payout: epoch 1", "credit: receipt 0 of batch 1"]);

    const proof = [1n, { credit: credits[0]!, ...creditTree(credits).proof(0) }] as const;
    const { hash } = await proveEpoch(watcher, { name: "proveFirstCredit", args: proof });
    const { code, earned } = await earnings(contributor);
    expect([code, wrong(earned), stages(earned)]).toEqual([0, [], [["cancelled", "1"]]]);
    expect(earned.ranges[0]!.transactions.cancelled).toBe(hash);
    const due = honest.credits.filter((one) => one.contributor === contributor).map(({ amount }) => `${amount}`);
    expect(earned.ranges[0]!.receipts.map(({ amount }) => amount)).toEqual(due.reverse());
    expect((await run("earnings", contributor)).out).toContain(`its root was cancelled in ${hash}`);
  });

  it("lists what a root credits, in its window and when it is final, bounded", async () => {
    const { watcher, ada, bob } = world.clients;
    const [account, other] = [ada.account.address, bob.account.address];
    lists = [listsOf(1n)];
    await propose(lists[0]!);
    const own = lists[0]!.credits.filter(({ contributor }) => contributor === account);
    const whole = own.reduce((sum, { amount }) => sum + amount, 0n);

    const { code, earned } = await earnings(account, "--limit", "1");
    expect([code, wrong(earned), stages(earned)]).toEqual([0, [], [["window", "1"]]]);
    expect(earned.credited).toEqual({ epoch: "1", amount: `${whole}` });
    const [range] = earned.ranges as [EarningRange];
    expect([range.receipts.length, range.more, earned.next]).toEqual([1, 1, { before: "2", skip: 1 }]);
    expect(Number(range.finalizableAt)).toBeGreaterThan(0);
    const next = (await earnings(account, "--limit", "1", "--before", "2", "--skip", "1")).earned;
    expect([next.ranges[0]!.receipts, next.next]).toMatchObject([
      [{ receiptHash: hashes.honest, share: 20_000 }],
      undefined,
    ]);
    expect(BigInt(range.receipts[0]!.amount) + BigInt(next.ranges[0]!.receipts[0]!.amount)).toBe(whole);

    await world.pass(10);
    const final = await finalizeEpoch(watcher, { epoch: 1n });
    await claim(watcher, payoutClaim(lists[0]!, other)!);
    expect(stages((await earnings(account)).earned)).toEqual([["final", "1"]]);
    const { out } = await run("earnings", other);
    const [, amount] = /credited (\S+) OPEN up to epoch 1; (\S+) OPEN is paid out/.exec(out) ?? [];
    expect(out).toContain(`${amount} OPEN is paid out`);
    expect(out).toContain(`Epoch 1, batch 1: final, transaction ${final.hash}`);
    expect(out).toMatch(/61\.03 % \S+ OPEN of 0x[0-9a-f]{64} \(batch 1, receipt 1, model 3\)/);
    expect(out).toMatch(/(\d+) of \1 checks hold/);
  });

  it("goes back over epochs as far as the account was credited, a pool's too", async () => {
    const { oracle, watcher } = world.clients;
    const pool = poolAccount(1n);
    const receipt = await settleAgain();
    await openEpoch(oracle);
    lists = [...lists, listsOf(2n)];
    await propose(lists[1]!);

    const { code, earned } = await earnings(pool);
    expect([code, wrong(earned), earned.kind]).toEqual([0, [], "pool"]);
    expect(stages(earned)).toEqual([
      ["window", "2"],
      ["final", "1"],
    ]);
    expect([earned.earlier, earned.next]).toEqual([undefined, undefined]);
    expect(earned.ranges[0]!.receipts).toMatchObject([{ receiptHash: receipt, batch: "2", share: 5_536 }]);
    expect(earned.checks.map(({ name, subject }) => `${name}: ${subject}`)).toContain("payout: epoch 1");

    const newest = (await earnings(pool, "--limit", "1")).earned;
    const before = lists[0]!.payouts.find(({ account }) => account === pool)!.cumulative;
    expect(newest.earlier).toEqual({ beforeEpoch: "2", amount: `${before}` });
    expect(newest.next).toEqual({ before: "2", skip: 0 });
    expect(stages((await earnings(pool, "--before", "2")).earned)).toEqual([["final", "1"]]);
    const nobody = (await earnings(watcher.account.address)).earned;
    expect([nobody.ok, nobody.ranges, nobody.credited?.amount]).toEqual([true, [], "0"]);
  });

  it("names an epoch's file that the store lost, and goes on", async () => {
    const hash = contentHash(encodeEpochFile(lists[1]!)).slice(2);
    const path = join(world.devnet.stateDir, "store", "blocks", hash.slice(0, 2), hash);
    const kept = await readFile(path);

    await rm(path);
    const { code, earned } = await earnings(world.clients.ada.account.address);
    await writeFile(path, kept);

    expect([code, wrong(earned)]).toEqual([1, ["epoch_file: epoch 2"]]);
    expect(stages(earned)).toEqual([["final", "1"]]);
  });
});

describe("openledger erase", () => {
  const keyOf = (actor: "ada" | "bob") => toHex(accountOf(actor).getHdKey().privateKey!);
  const blocks = () => join(world.devnet.stateDir, "store", "blocks");
  const erase = (key: Hex, ...args: readonly string[]) =>
    withKey(key, (path) => run("erase", ...args, "--key-file", path));
  const withKey = async <T>(privateKey: Hex, work: (path: string) => Promise<T>): Promise<T> => {
    const path = join(world.devnet.stateDir, "eraser.json");
    await writeFile(path, JSON.stringify({ privateKey }), { mode: 0o600 });
    return work(path);
  };

  it("keeps what earns, and what is another's", async () => {
    const [ada, bob] = [keyOf("ada"), keyOf("bob")];
    const standing = await erase(ada, "1");
    expect([standing.code, standing.err]).toEqual([1, expect.stringMatching(/^not_withdrawn: .*--withdraw/)]);
    const one = await erase(ada, "1", "--records", "0");
    expect([one.code, one.err]).toEqual([1, expect.stringMatching(/^not_allowed: .*record 0 is not revoked/)]);
    const others = await erase(bob, "1", "--records", "0");
    expect([others.code, others.err]).toEqual([1, expect.stringMatching(/^not_allowed: .*contribution 1 is of/)]);
    const beyond = await erase(ada, "1", "--records", "3");
    expect([beyond.code, beyond.err]).toEqual([1, expect.stringMatching(/places from 0 to 2/)]);
    expect((await trace(hashes.honest)).code).toBe(0);
  });

  it("takes a contribution's texts away, and leaves every root that can be checked", async () => {
    const privateKey = keyOf("ada");
    const { code, out } = await erase(privateKey, "1", "--withdraw", "--json");
    expect([code, JSON.parse(out)]).toMatchObject([0, { contribution: "1", withdrawn: expect.stringMatching(/^0x/) }]);

    const { code: traced, trace: after } = await trace(hashes.honest);
    expect([traced, failures(after)]).toEqual([0, []]);
    const texts = after.records.map(({ recordIndex, text }) => [recordIndex, text]);
    expect(texts).toEqual([
      ["4", files[1]!.records[1]!.text],
      ["0", undefined],
      ["2", undefined],
    ]);
    expect((await run("trace", hashes.honest)).out).toContain("Its text was erased.");
    const everything = await readdir(blocks(), { recursive: true, withFileTypes: true });
    const held = everything.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
    for (const path of held) {
      const bytes = await readFile(path);
      for (const { text } of files[0]!.records)
        expect(bytes.includes(JSON.stringify(text).slice(1, -1)), path).toBe(false);
    }
    await expect(content.put(encodeContributionFile(files[0]!))).rejects.toMatchObject({ code: "content_erased" });
    // asked again, it says what stands there
    expect(JSON.parse((await erase(privateKey, "1", "--json")).out)).toMatchObject({
      replacement: JSON.parse(out).replacement,
    });
  });

  it("leaves an index of the same root, and a trace takes no other for it", async () => {
    const replaceBy = async (file: IndexFile) => {
      const put = await content.put(encodeIndexFile(file));
      const deadline = BigInt(Math.floor(Date.now() / 1000) + 60);
      const order = { content: contentHash(INDEX_BYTES), replacement: put.hash, deadline };
      const stores = { chainId: world.deployment.chainId };
      const signature = await accountOf("oracle").signTypedData(eraseContentTypedData(stores, order));
      await content.erase({ type: "EraseContent", order, signature });
    };
    const tombstones = { records: 3, sha256: word("tombstones"), byteLength: 124, parts: [word("tombstones")] };
    await replaceBy({ ...INDEX, tombstones });
    expect((await trace(hashes.honest)).code).toBe(0);

    // what an eraser may do, it may do falsely
    const hash = contentHash(INDEX_BYTES).slice(2);
    await rm(join(blocks(), hash.slice(0, 2), `${hash}.erased`));
    await replaceBy({ ...INDEX, tombstones, recordsRoot: word("other records") });
    const { code, trace: traced } = await trace(hashes.honest);
    expect([code, failures(traced)]).toEqual([1, ["index_file: Datanet 1 version 1"]]);
    expect(traced.method.rules).toBeUndefined();
  });
});
