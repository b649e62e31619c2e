import {
  type AttributedRecord,
  acceptContributions,
  approveToken,
  attributionMethodHash,
  attributionRecordsHash,
  buildEpoch,
  type Contribution,
  type ContributionFile,
  claim,
  claimPool,
  claimRange,
  collectModel,
  collectOwner,
  collectProtocol,
  collectRunner,
  collectSecurity,
  collectStakers,
  commitIndex,
  compareReceipts,
  configCode,
  contentHash,
  contribute,
  contributionCommitment,
  contributionLeaf,
  createDatanet,
  createPayer,
  creditTree,
  divideGoverned,
  domainHash,
  type EpochFault,
  type EpochFile,
  encodeBatchFile,
  encodeEpochFile,
  finalizeEpoch,
  findEpochFault,
  isActive,
  licenceToBytes32,
  merkleRoot,
  openEpoch,
  type Payer,
  type ProposedEpoch,
  packSettlementRows,
  parseOpen,
  payoutClaim,
  payoutTree,
  poolAccount,
  proposeEpoch,
  proveEpoch,
  publishVersion,
  rangeClaim,
  readBatchOpening,
  readChannel,
  readClaimed,
  readContributionState,
  readContributions,
  readEpoch,
  readFree,
  readModelClaimed,
  readPool,
  readSettledBatches,
  readStream,
  readTokenBalance,
  readVersion,
  receiptTree,
  registerAdapter,
  registerBase,
  setEndpoint,
  settle,
  splitSettlement,
  thawChannel,
  withdraw,
  withdrawThawed,
} from "@openledger/sdk";
import { type Hex, keccak256, stringToHex } from "viem";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ScriptedRunner, scriptedRunner } from "./scriptedRunner.js";
import { accountOf, STAKE, startWorld, type World } from "./world.js";

const word = (text: string): Hex => keccak256(stringToHex(text));

const PRICE = { perRequest: 1_000_003n, perPromptToken: 101n, perOutputToken: 10_007n };
const REVENUE = { modelBps: 1500, dataBps: 4000 };
const SPLIT = { protocolBps: 200, securityBps: 500, stakersBps: 800 };

let world: World;
let clients: World["clients"];
let domain: World["domain"];
let deployment: World["deployment"];

beforeAll(async () => {
  world = await startWorld(["anvil", "contracts"]);
  ({ clients, domain, deployment } = world);
}, 180_000);

afterAll(() => world?.stop());

const contribution = (contributor: Hex, name: string): ContributionFile => ({
  datanet: 1n,
  contributor,
  licence: "MIT",
  source: { name, version: "1.0.0" },
  records: [1, 2, 3].map((n) => ({ path: `${name}/${n}.ts`, text: `export const ${name}${n} = ${n};\n` })),
});

describe("the protocol through the SDK", () => {
  let runner: ScriptedRunner;
  let payer: Payer;
  let honest: EpochFile;
  let batchCumulative = 0n;

  it("stakes a runner and an oracle", async () => {
    await world.stakeNodes();
    for (const [client, role] of [
      [clients.runner, "Runner"],
      [clients.oracle, "Oracle"],
    ] as const) {
      await setEndpoint(client, { role, endpoint: "http://127.0.0.1:8080" });
      expect((await readPool(client, client.account.address, role)).own).toBe(STAKE);
      expect(await isActive(client, client.account.address, role)).toBe(true);
    }
  });

  it("publishes a version whose root follows from the contribution files", async () => {
    const { owner, ada, bob } = clients;
    const { event } = await createDatanet(owner, { name: "Code", metadataHash: word("about"), licences: ["MIT"] });
    expect(event.datanet).toBe(1n);
    const files = [contribution(ada.account.address, "ada"), contribution(bob.account.address, "bob")];
    const made: Contribution[] = [];
    for (const [at, client] of [ada, bob].entries()) {
      const { licence, ...commitment } = contributionCommitment(files[at]!);
      expect(licence).toBe(licenceToBytes32("MIT"));
      const { event, contribution } = await contribute(client, { datanet: 1n, ...commitment, licence: "MIT" });
      expect(event.contribution).toBe(BigInt(at + 1));
      made.unshift(contribution);
    }
    expect(await readContributions(owner, [2n, 1n])).toEqual(made);
    await acceptContributions(owner, { datanet: 1n, contributions: made });
    expect(await readContributionState(owner, 1n)).toBe("Accepted");
    const published = await publishVersion(owner, { datanet: 1n });
    expect(published.event.version).toBe(1);

    const leaves = [2n, 1n].map((number) => {
      const file = files[Number(number) - 1]!;
      return contributionLeaf({ ...contributionCommitment(file), contribution: number, contributor: file.contributor });
    });
    expect((await readVersion(owner, 1n, 1)).root).toBe(merkleRoot(domainHash("Contribution"), leaves));
  });

  it("registers a base and an adapter", async () => {
    const { owner } = clients;
    const registration = {
      name: "base",
      weightsRoot: word("weights"),
      programRoot: word("program"),
      manifestHash: word("manifest"),
      price: PRICE,
      revenue: { modelBps: 1500, dataBps: 0 },
    };
    expect((await registerBase(owner, { registration })).event.model).toBe(1n);
    const adapter = { ...registration, name: "adapter", revenue: REVENUE };
    const versions = [{ datanet: 1n, version: 1 }];
    expect((await registerAdapter(owner, { base: 1n, registration: adapter, versions })).event.model).toBe(2n);
    await commitIndex(owner, { datanet: 1n, version: 1, base: 1n, root: word("index"), dataHash: word("file") });
  });

  it("gives the contract's own words for a refusal", async () => {
    const unknown = contribute(clients.ada, {
      datanet: 1n,
      recordsRoot: word("x"),
      recordCount: 1,
      licence: "GPL-3.0-only",
      dataHash: word("x"),
    });
    await expect(unknown).rejects.toMatchObject({
      code: "contract_refused",
      errorName: "DatanetRegistry_LicenceNotAllowed",
      values: [1n, licenceToBytes32("GPL-3.0-only")],
    });
  });

  it("opens a channel, pays for answers and takes only true ones", async () => {
    const record = (recordIndex: bigint, contributor: Hex, share: number): AttributedRecord => ({
      datanet: 1n,
      version: 1,
      recordIndex,
      share,
      contribution: 1n,
      contributor,
      licence: "MIT",
      source: { name: "ada", version: "1.0.0", path: "ada/1.ts" },
      excerpt: "export",
    });
    const [ada, bob] = [clients.ada.account.address, clients.bob.account.address];
    const shares = [
      { account: poolAccount(1n), share: 10_001 },
      { account: ada, share: 33_333 },
      { account: bob, share: 22_202 },
    ].sort((a, b) => (BigInt(a.account) < BigInt(b.account) ? -1 : 1));
    runner = scriptedRunner({
      account: accountOf("runner"),
      payer: clients.payer.account.address,
      domain,
      model: 2n,
      price: PRICE,
      programRoot: word("program"),
      shares,
      records: [record(3n, ada, 33_333), record(0n, bob, 22_202)],
      methodHash: attributionMethodHash([word("index")]),
      twist: (receipt) => receipt,
      before: () => {},
    });
    payer = await createPayer({ client: clients.payer, runnerUrl: "http://runner", fetch: runner.fetch });
    expect(payer.runner).toBe(clients.runner.account.address);
    expect(await payer.fund(parseOpen("1"))).toEqual({ balance: parseOpen("1") });
    expect(await payer.fund(parseOpen("0.5"))).toEqual({ balance: parseOpen("1.5") });

    const whole = await payer.ask({ model: 2n, prompt: "const a =", maxTokens: 8 });
    expect(whole.text).toBe("ein zwei");
    expect(whole.fee).toBe(PRICE.perRequest + 5n * PRICE.perPromptToken + 3n * PRICE.perOutputToken);

    const heard: string[] = [];
    const streamed = await payer.ask(
      { model: 2n, prompt: "let b", maxTokens: 8 },
      { onText: (text) => heard.push(text) },
    );
    expect(heard).toEqual(["ein ", "zwei"]);
    expect(streamed.receipt.cumulative).toBe(whole.fee + streamed.fee);
  });

  it("asks for a missing answer before it pays for the next", async () => {
    runner.script.before = (url) => {
      if (url.endsWith("/v1/completions") && runner.answered.length === 3) {
        runner.script.before = () => {};
        throw new TypeError("the line broke");
      }
    };
    const lost = payer.ask({ model: 2n, prompt: "lost", maxTokens: 4 });
    await expect(lost).rejects.toMatchObject({ code: "runner_unreachable", retryable: true });

    const [next, after] = await Promise.all([
      payer.ask({ model: 2n, prompt: "next", maxTokens: 4 }),
      payer.ask({ model: 2n, prompt: "after", maxTokens: 4 }),
    ]);
    expect(next.receipt.nonce).toBe(4n);
    expect(after.receipt.nonce).toBe(5n);
    expect(runner.answered.map(({ receipt }) => receipt.nonce)).toEqual([1n, 2n, 3n, 4n, 5n]);
  });

  it("refuses a runner that charges more than its price", async () => {
    // A second payer, so that this runner's books stay true.
    const dearer = scriptedRunner({
      ...runner.script,
      payer: clients.payer.account.address,
      twist: (receipt) => ({ ...receipt, fee: receipt.fee + 1n, cumulative: receipt.cumulative + 1n }),
    });
    const other = await createPayer({
      client: clients.payer,
      runnerUrl: "http://runner",
      fetch: dearer.fetch,
      salt: 1n,
    });
    await other.fund(parseOpen("1"));
    const asked = other.ask({ model: 2n, prompt: "const a =", maxTokens: 8 });
    await expect(asked).rejects.toMatchObject({ code: "answer_refused", check: "fee" });
  });

  it("settles by packed rows, exactly as the units say", async () => {
    const last = runner.answered.at(-1)!;
    const receipts = runner.answered.map(({ receipt }) => receipt).sort(compareReceipts);
    const entries = runner.answered.map(({ payment: _, ...entry }) => entry);
    const file = encodeBatchFile({ ...domain, runner: clients.runner.account.address, receipts: entries });
    const { voucher, signature } = last.payment;
    const parties = { payer: clients.payer.account.address, channelSalt: 0n };
    const row = { ...parties, voucher, signature, cumulative: last.receipt.cumulative };
    const terms = {
      receiptsRoot: receiptTree(domain, receipts).root,
      dataHash: contentHash(file),
      expectedConfig: configCode(SPLIT),
    };

    const stranger = await clients.ada.walletClient.signMessage({ account: clients.ada.account, message: "x" });
    const forged = settle(clients.runner, { ...terms, rows: packSettlementRows([{ ...row, signature: stranger }]) });
    await expect(forged).rejects.toMatchObject({ errorName: "InferenceMarket_WrongSigner" });

    const settled = await settle(clients.runner, { ...terms, rows: packSettlementRows([row]) });
    expect(settled.event).toMatchObject({ batch: 1n, amount: row.cumulative, dataHash: terms.dataHash });
    const [batch] = await readSettledBatches(clients.runner, { numbers: [1n] });
    expect(batch?.header).toMatchObject({ number: 1n, receiptsRoot: terms.receiptsRoot, amount: row.cumulative });
    const { nonce, channel } = voucher;
    const moved = { channel, model: 2n, before: 0n, after: row.cumulative, nonce, claimedAfter: row.cumulative };
    expect(batch?.record.settlements).toEqual([moved]);
    expect(await readModelClaimed(clients.runner, payer.channel, 2n)).toBe(row.cumulative);
    const split = splitSettlement([{ before: 0n, after: row.cumulative }], SPLIT, REVENUE);
    expect(settled.event?.dataAmount).toBe(split.data);
    const { model: modelPart, ...others } = split;
    expect(batch?.record.splits).toEqual([{ model: 2n, modelPart, ...others }]);
    batchCumulative = row.cumulative;

    const again = await settle(clients.runner, { ...terms, rows: packSettlementRows([row]) });
    expect(again.event).toBeNull();

    const swept = [
      await collectProtocol(clients.watcher),
      await collectSecurity(clients.watcher),
      await collectStakers(clients.watcher, { runner: payer.runner }),
      await collectModel(clients.watcher, { model: 2n }),
      await collectRunner(clients.watcher, { runner: payer.runner }),
    ].map(({ event }) => event.amount);
    const { protocol, security } = divideGoverned(split.governed, SPLIT);
    expect(swept).toEqual([protocol, security, split.stakers, split.model, split.runner]);
  });

  it("cancels every false epoch it can name by the proof it finds", async () => {
    const { oracle, watcher } = clients;
    const opened = await openEpoch(oracle);
    expect(opened.event).toMatchObject({ epoch: 1n, firstBatch: 1n, lastBatch: 1n });
    const stream = deployment.dataStream;
    honest = buildEpoch({
      epoch: 1n,
      firstBatch: 1n,
      lastBatch: 1n,
      stream,
      receipts: runner.answered.map(({ receipt, shares }, receiptIndex) => ({
        batch: 1n,
        receiptIndex,
        cumulative: receipt.cumulative,
        fee: receipt.fee,
        dataBps: REVENUE.dataBps,
        shares,
      })),
      previous: [],
    });
    // A pool takes the rest of each receipt: nothing is lost.
    expect(honest.total).toBe(opened.event.dataAmount);
    expect(honest.credits).toHaveLength(15);

    const tree = receiptTree(
      domain,
      runner.answered.map(({ receipt }) => receipt),
    );
    // Opening the epoch has pinned its last batch.
    const opening = (await readBatchOpening(watcher, 1n))!;
    const judged = (lists: Pick<EpochFile, "credits" | "payouts">, total: bigint): ProposedEpoch => ({
      epoch: 1n,
      firstBatch: 1n,
      lastBatch: 1n,
      stream,
      total,
      lists,
      previous: [],
      batch: () => ({
        receiptCount: runner.answered.length,
        tree,
        receipt: (at) => {
          const { receipt, shares, records, methodHash } = runner.answered[at]!;
          const attribution = { shares, recordsHash: attributionRecordsHash(records), methodHash };
          return { receipt, attribution, dataBps: REVENUE.dataBps };
        },
      }),
      belongs: () => true,
      epochOf: () => 1n,
      movedBatches: [],
    });
    const proofOf = (fault: EpochFault) => ("proof" in fault ? fault.proof : fault.proofBy(opening));
    expect(findEpochFault(judged(honest, honest.total))).toBeUndefined();

    const propose = async (lists: Pick<EpochFile, "credits" | "payouts">, total: bigint) => {
      await approveToken(oracle, { spender: deployment.addresses.attributionOracle, amount: parseOpen("1000") });
      return proposeEpoch(oracle, {
        epoch: 1n,
        creditsRoot: creditTree(lists.credits).root,
        payoutsRoot: payoutTree(stream, lists.payouts).root,
        total,
        dataHash: contentHash(encodeEpochFile({ ...honest, ...lists, total })),
        asOf: (await oracle.publicClient.getBlock()).timestamp - 1n,
      });
    };
    await world.pass(2);

    for (const { kind, proof, lists, total } of falseEpochs(honest)) {
      const proposed = await propose(lists, total);
      const fault = findEpochFault(judged(lists, total))!;
      expect([fault.kind, proofOf(fault).name]).toEqual([kind, proof]);
      const before = await readTokenBalance(watcher, watcher.account.address);
      const refuted = await proveEpoch(watcher, proofOf(fault));
      expect(refuted.event).toMatchObject({ epoch: 1n, proof: kind, bounty: proposed.event.bond / 2n });
      expect(await readTokenBalance(watcher, watcher.account.address)).toBe(before + proposed.event.bond / 2n);
    }

    await propose(honest, honest.total);
    const innocent = findEpochFault(judged(falseEpochs(honest)[0]!.lists, honest.total))!;
    await expect(proveEpoch(watcher, proofOf(innocent))).rejects.toMatchObject({
      errorName: "AttributionOracle_InvalidOpening",
    });
  });

  /** The header of the first batch, of what the market's events tell. */
  it("finalises the true one and pays every claim, to the last unit", async () => {
    const { oracle, watcher, owner } = clients;
    await expect(finalizeEpoch(oracle, { epoch: 1n })).rejects.toMatchObject({ code: "contract_refused" });
    await world.pass(10);
    expect((await finalizeEpoch(watcher, { epoch: 1n })).event.total).toBe(honest.total);
    expect((await readEpoch(watcher, 1n)).state).toBe(3);

    const [pool, first, ...others] = honest.payouts;
    expect(pool!.account).toBe(poolAccount(1n));
    const before = await readTokenBalance(watcher, first!.account);
    const paid = await claim(watcher, payoutClaim(honest, first!.account)!);
    expect(paid.event).toMatchObject({ account: first!.account, to: first!.account, amount: first!.cumulative });
    expect(await readTokenBalance(watcher, first!.account)).toBe(before + first!.cumulative);
    await expect(claim(watcher, payoutClaim(honest, first!.account)!)).rejects.toMatchObject({
      errorName: "RewardDistributor_NothingToClaim",
    });

    // The rest at once: the pool and who was paid are passed over.
    await claimRange(watcher, rangeClaim(honest, 0, honest.payouts.length));
    for (const { account, cumulative } of others) {
      expect(await readClaimed(watcher, honest.stream, account)).toBe(cumulative);
    }
    expect(await readClaimed(watcher, honest.stream, pool!.account)).toBe(0n);
    const stream = await readStream(watcher, honest.stream);
    const left = honest.total - pool!.cumulative;
    expect([stream.funded, stream.allocated, stream.claimed]).toEqual([honest.total, honest.total, left]);
    await expect(claim(owner, payoutClaim(honest, pool!.account)!)).rejects.toMatchObject({
      errorName: "RewardDistributor_NotDatanets",
    });

    // The pool's part goes to the Datanet's owner, here whole, and leaves nothing in the stream.
    const pooled = await claimPool(watcher, { ...payoutClaim(honest, pool!.account)!, datanet: 1n });
    expect(pooled.event).toMatchObject({ toOwner: pool!.cumulative, toReserve: 0n });
    const held = await readTokenBalance(watcher, owner.account.address);
    await collectOwner(watcher, 1n);
    expect(await readTokenBalance(watcher, owner.account.address)).toBe(held + pooled.event.ownerCreditAfter);
    expect((await readStream(watcher, honest.stream)).claimed).toBe(honest.total);
  });

  it("gives a payer back what it did not spend, after the thaw", async () => {
    const client = clients.payer;
    const { balance } = await readChannel(client, payer.channel);
    const rest = balance - batchCumulative;
    const started = await thawChannel(client, { channel: payer.channel, amount: rest });
    expect(started.event.thawingAfter).toBe(rest);
    await expect(withdrawThawed(client, { channel: payer.channel })).rejects.toMatchObject({
      errorName: "InferenceMarket_StillThawing",
    });
    await world.pass(11);
    await withdrawThawed(client, { channel: payer.channel });
    expect(await readFree(client, client.account.address)).toBe(rest);
    await withdraw(client, { to: client.account.address, amount: rest });
    expect(await readFree(client, client.account.address)).toBe(0n);
  });
});

type FalseEpoch = {
  readonly kind: number;
  readonly proof: string;
  readonly lists: Pick<EpochFile, "credits" | "payouts">;
  readonly total: bigint;
};

/** One lie each, everything else made to fit as far as it can. */
function falseEpochs({ credits, payouts, total }: EpochFile): FalseEpoch[] {
  const at = <T>(list: readonly T[], index: number, change: Partial<T>): T[] =>
    list.map((item, place) => (place === index ? { ...item, ...change } : item));
  const [first, second] = [credits[0]!, credits[1]!];
  const [left, right] = [payouts[0]!, payouts[1]!];
  const last = payouts.length - 1;
  return [
    {
      kind: 1,
      proof: "proveFirstCredit",
      lists: { credits: at(credits, 0, { running: first.running + 1n }), payouts },
      total,
    },
    {
      kind: 1,
      proof: "proveCreditNeighbours",
      lists: { credits: at(credits, 1, { running: second.running + 1n }), payouts },
      total,
    },
    { kind: 1, proof: "proveCreditNeighbours", lists: { credits: [first, ...credits], payouts }, total },
    {
      kind: 2,
      proof: "proveForeignCredit",
      lists: { credits: at(credits, 14, { batch: 2n }), payouts },
      total,
    },
    {
      kind: 2,
      proof: "proveCreditBeyond",
      lists: { credits: at(credits, 14, { receiptIndex: 5 }), payouts },
      total,
    },
    {
      kind: 2,
      proof: "proveCreditAmount",
      lists: {
        credits: at(credits, 14, { amount: credits[14]!.amount - 1n, running: credits[14]!.running - 1n }),
        payouts,
      },
      total,
    },
    {
      kind: 2,
      proof: "proveCreditAmount",
      lists: {
        credits: at(credits, 0, { amount: first.amount + 1n, running: first.running + 1n }).slice(0, 1),
        payouts,
      },
      total,
    },
    {
      kind: 3,
      proof: "proveMissingCredit",
      lists: {
        credits: credits.slice(0, 14),
        payouts: at(payouts, last, {
          cumulative: payouts[last]!.cumulative - credits[14]!.amount,
          runningSum: payouts[last]!.runningSum - credits[14]!.amount,
        }),
      },
      total: total - credits[14]!.amount,
    },
    {
      kind: 4,
      proof: "provePayout",
      lists: {
        credits,
        payouts: [
          { ...left, cumulative: left.cumulative - 1n, runningSum: left.runningSum - 1n },
          { ...right, cumulative: right.cumulative + 1n },
          ...payouts.slice(2),
        ],
      },
      total,
    },
    {
      kind: 4,
      proof: "provePayout",
      lists: { credits, payouts: payouts.slice(0, last) },
      total: payouts[last - 1]!.runningSum,
    },
    {
      kind: 5,
      proof: "provePayoutNeighbours",
      lists: {
        credits,
        payouts: [
          { ...right, runningSum: right.cumulative },
          { ...left, runningSum: left.cumulative + right.cumulative },
          ...payouts.slice(2),
        ],
      },
      total,
    },
    {
      kind: 6,
      proof: "provePayoutNeighbours",
      lists: { credits, payouts: at(payouts, 1, { runningSum: right.runningSum + 1n }) },
      total,
    },
    {
      kind: 6,
      proof: "provePayoutTotal",
      lists: { credits, payouts: at(payouts, 0, { runningSum: left.runningSum + 1n }) },
      total,
    },
    { kind: 6, proof: "provePayoutTotal", lists: { credits, payouts }, total: total - 1n },
  ];
}
