/** Courts over real batches and stakes, and what the index says of them. */
import {
  appealDispute,
  approveToken,
  attributionMethodHash,
  attributionRecordsHash,
  type BatchOpening,
  batchDisclosure,
  buildRevelation,
  claimJurorPay,
  commitJuryVote,
  compareReceipts,
  configCode,
  createPayer,
  demandReceipt,
  discloseReceipts,
  enforceVerdict,
  expireReceiptDemand,
  fileConductDispute,
  finishDispute,
  type JuryVote,
  juryCommitment,
  type Payer,
  packSettlementRows,
  parseOpen,
  pinBatches,
  query,
  readBatchOpening,
  readDispute,
  readPool,
  readSettledBatches,
  readTokenBalance,
  readVoidedAt,
  receiptTree,
  refundBatch,
  registerBase,
  revealJuryVote,
  revealReceipt,
  settle,
  stake,
  submitEvidence,
  transferToken,
  WHOLE_BATCH,
} from "@openledger/sdk";
import { type Hex, keccak256, stringToHex } from "viem";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ScriptedRunner, scriptedRunner } from "./scriptedRunner.js";
import { type Actor, accountOf, startWorld, type World } from "./world.js";

const PRICE = { perRequest: 1_000_003n, perPromptToken: 101n, perOutputToken: 10_007n };
const CONFIG = configCode({ protocolBps: 200, securityBps: 500, stakersBps: 800 });
const JUROR_STAKE = parseOpen("60000");
const PERIOD = 5;

const word = (text: string): Hex => keccak256(stringToHex(text));
const lower = (address: Hex): string => address.toLowerCase();

let world: World;
let graph: query.GraphClient;
let runner: ScriptedRunner;
let payer: Payer;

const addressOf = (actor: Actor) => world.clients[actor].account.address;
const balanceOf = (actor: Actor) => readTokenBalance(world.clients.owner, addressOf(actor));

beforeAll(async () => {
  world = await startWorld(["postgres", "anvil", "contracts", "store", "graph"]);
  graph = { url: world.devnet.urls.graphql };
  const { clients, deployment, domain } = world;
  const { addresses } = deployment;
  await world.stakeNodes();
  for (const juror of ["ada", "bob"] as const) {
    await transferToken(clients.genesis, { to: addressOf(juror), amount: JUROR_STAKE });
    await approveToken(clients[juror], { spender: addresses.stakingManager, amount: JUROR_STAKE });
    await stake(clients[juror], { role: "Validator", amount: JUROR_STAKE });
  }
  for (const [actor, spender] of [
    ["watcher", addresses.receiptCourt],
    ["owner", addresses.jury],
    ["runner", addresses.jury],
  ] as const) {
    await transferToken(clients.genesis, { to: addressOf(actor), amount: parseOpen("10000") });
    await approveToken(clients[actor], { spender, amount: parseOpen("10000") });
  }
  const registration = {
    name: "base",
    weightsRoot: word("weights"),
    programRoot: word("program"),
    manifestHash: word("manifest"),
    price: PRICE,
    revenue: { modelBps: 1500, dataBps: 0 },
  };
  await registerBase(clients.owner, { registration });
  runner = scriptedRunner({
    account: accountOf("runner"),
    payer: addressOf("payer"),
    domain,
    model: 1n,
    price: PRICE,
    programRoot: word("program"),
    shares: [],
    records: [],
    methodHash: attributionMethodHash([]),
    twist: (receipt) => receipt,
    before: () => {},
  });
  payer = await createPayer({ client: clients.payer, runnerUrl: "http://runner", fetch: runner.fetch });
  await payer.fund(parseOpen("1"));
}, 240_000);

afterAll(() => world?.stop());

async function indexed(fields: string): Promise<query.GraphRow> {
  await query.waitForBlock(graph, await world.clients.owner.publicClient.getBlockNumber({ cacheTime: 0 }));
  return query.queryGraph(graph, `{ ${fields} }`);
}

/** Buys an answer and settles it alone. */
async function settledAnswer(): Promise<{ readonly opening: BatchOpening; readonly answer: Answered }> {
  await payer.ask({ model: 1n, prompt: "const a =", maxTokens: 8 });
  const answer = runner.answered.at(-1)!;
  const { receipt, payment } = answer;
  const row = { payer: addressOf("payer"), channelSalt: 0n, ...payment, cumulative: receipt.cumulative };
  const { event } = await settle(world.clients.runner, {
    rows: packSettlementRows([row]),
    receiptsRoot: receiptTree(world.domain, [receipt].sort(compareReceipts)).root,
    dataHash: word("file"),
    expectedConfig: CONFIG,
  });
  await pinBatches(world.clients.watcher);
  return { opening: (await readBatchOpening(world.clients.watcher, event!.batch))!, answer };
}

type Answered = ScriptedRunner["answered"][number];

describe("the receipt court", () => {
  it("pays who answers a demand, of a receipt and of a whole batch", async () => {
    const { runner: client, watcher } = world.clients;
    const { opening, answer } = await settledAnswer();
    const { event: demand } = await demandReceipt(watcher, { opening, index: 0 });
    const { receipt, shares, records, methodHash, payment } = answer;
    const revelation = buildRevelation({
      market: world.domain,
      receiptsRoot: opening.batch.receiptsRoot,
      receipts: [receipt],
      index: 0,
      runnerSignature: answer.signature,
      voucher: payment.voucher,
      voucherSignature: payment.signature,
      attribution: { shares, recordsHash: attributionRecordsHash(records), methodHash },
    });

    const before = await balanceOf("runner");
    const { receipt: mined } = await revealReceipt(client, { batch: opening.batch, index: 0, revelation });

    expect((await balanceOf("runner")) - before).toBe(demand.deposit);
    const { event: whole } = await demandReceipt(watcher, { opening, index: WHOLE_BATCH });
    const attribution = { shares, recordsHash: attributionRecordsHash(records), methodHash };
    const rangeFrom = batchDisclosure({
      market: world.domain,
      receiptsRoot: opening.batch.receiptsRoot,
      disclosures: [{ receipt, attribution }],
    });
    const { event: shown } = await discloseReceipts(client, { batch: opening.batch, range: rangeFrom(0)! });

    expect(whole.deposit).toBe(16n * demand.deposit);
    expect(shown).toMatchObject({ shown: 1n, count: 1n, paid: demand.deposit / 4n });
    expect(shown.paid + shown.rest).toBe(whole.deposit);
    const rows = await indexed(
      `receiptDemands(orderBy: index) {
        index state demander answerer deposit earned shown closingTransaction batch { number }
      }`,
    );
    const both = {
      state: "Revealed",
      demander: lower(addressOf("watcher")),
      answerer: lower(addressOf("runner")),
      batch: { number: "1" },
    };
    expect(rows.receiptDemands).toMatchObject([
      {
        ...both,
        index: "0",
        deposit: `${demand.deposit}`,
        earned: `${demand.deposit}`,
        shown: "0",
        closingTransaction: mined.transactionHash,
      },
      { ...both, index: `${WHOLE_BATCH}`, deposit: `${whole.deposit}`, earned: `${shown.paid}`, shown: "1" },
    ]);
  });

  it("voids a batch for silence and makes its payer good", async () => {
    const { watcher } = world.clients;
    const { opening } = await settledAnswer();
    const { batch } = opening;
    const [start, staked] = [await balanceOf("watcher"), await runnerStake()];
    await demandReceipt(watcher, { opening, index: 0 });
    await world.pass(3);

    const { event } = await expireReceiptDemand(watcher, { batch, index: 0 });
    const before = await balanceOf("payer");
    const [settled] = await readSettledBatches(watcher, { numbers: [batch.number] });
    await refundBatch(watcher, { batch, settlements: settled!.record.settlements, entries: 1 });

    expect(event.refund).toBe(batch.amount);
    expect((await balanceOf("payer")) - before).toBe(batch.amount);
    // The deposit has come back, too.
    expect((await balanceOf("watcher")) - start).toBe(event.bounty);
    expect(staked - (await runnerStake())).toBe(event.taken);
    const rows = await indexed(`
      batchVoids { fault taken bounty refund refunded entriesPaid voidedAt payers { payer amount } batch { number } }
      slashes { own delegated bounty refund burnt }
      protocol(id: "0x01") { slashed burnt }`);
    const [taken, bounty, refund] = [event.taken, event.bounty, event.refund].map(String);
    const burnt = `${event.taken - event.bounty - event.refund}`;
    expect(rows.batchVoids).toEqual([
      {
        fault: "Silence",
        taken,
        bounty,
        refund,
        refunded: refund,
        entriesPaid: 1,
        voidedAt: `${await readVoidedAt(watcher, batch.number)}`,
        payers: [{ payer: lower(addressOf("payer")), amount: refund }],
        batch: { number: "2" },
      },
    ]);
    expect(rows.slashes).toEqual([{ own: taken, delegated: "0", bounty, refund, burnt }]);
    expect(rows.protocol).toEqual({ slashed: taken, burnt });
  });
});

describe("a dispute", () => {
  const salts = { ada: word("ada"), bob: word("bob") };

  async function vote(dispute: bigint, round: 1 | 2, votes: Readonly<Record<"ada" | "bob", JuryVote>>): Promise<void> {
    const { chainId, addresses } = world.deployment;
    for (const actor of ["ada", "bob"] as const) {
      const ballot = { chainId, jury: addresses.jury, dispute, round, juror: addressOf(actor), salt: salts[actor] };
      const commitment = juryCommitment({ ...ballot, vote: votes[actor] });
      await commitJuryVote(world.clients[actor], { dispute, commitment });
    }
    await world.pass(PERIOD);
    for (const actor of ["ada", "bob"] as const) {
      const juror = addressOf(actor);
      await revealJuryVote(world.clients[actor], { dispute, juror, vote: votes[actor], salt: salts[actor] });
    }
    await world.pass(PERIOD);
  }

  it("goes from its bond over an appeal to a verdict, and is indexed as it is", async () => {
    const { owner, runner: accused } = world.clients;
    const day = (await owner.publicClient.getBlock()).timestamp / 86_400n;
    const subject = { kind: "downtime", operator: addressOf("runner") } as const;
    const staked = await runnerStake();
    const filed = await fileConductDispute(owner, { subject, day, evidenceHash: word("silence") });
    const { dispute, atRisk } = filed.event;
    await submitEvidence(accused, { dispute, evidenceHash: word("answer") });
    await world.pass(PERIOD);
    await vote(dispute, 1, { ada: "uphold", bob: "uphold" });
    await appealDispute(accused, dispute);
    await vote(dispute, 2, { ada: "uphold", bob: "uphold" });

    const { event: finished } = await finishDispute(owner, dispute);
    const { event: enforced } = await enforceVerdict(owner, dispute);
    const paid: { readonly round: number; readonly juror: string; readonly paid: string }[] = [];
    for (const [round, actor] of [
      [1, "ada"],
      [1, "bob"],
      [2, "ada"],
      [2, "bob"],
    ] as const) {
      const { event } = await claimJurorPay(owner, { dispute, round, juror: addressOf(actor) });
      paid.push({ round, juror: lower(addressOf(actor)), paid: `${event.amount}` });
    }

    expect(await readDispute(owner, dispute)).toMatchObject({ isEnforced: true, atRisk });
    expect(enforced).toMatchObject({ isUpheld: true, taken: atRisk });
    expect(staked - (await runnerStake())).toBe(atRisk);
    const bonds = parseOpen("3000");
    expect(finished.toFiler + finished.toAppellant + finished.pots[0] + finished.pots[1]).toBe(bonds);
    const rows = await indexed(`
      disputes {
        kind state byDefault filer accused appellant atRisk bond appealBond toFiler toAppellant taken bounty
        rounds(orderBy: round) { round commitCount uphold dismiss pot votes(orderBy: juror) { juror vote weight paid } }
        evidence(orderBy: evidenceHash) { from evidenceHash }
      }
      disputePenalties(where: { kind: "Downtime" }) { slashBps }`);
    const weight = `${JUROR_STAKE}`;
    const votes = (round: number) =>
      paid
        .filter((pay) => pay.round === round)
        .map(({ juror, paid }) => ({ juror, vote: "Uphold", weight, paid }))
        .sort((a, b) => (a.juror < b.juror ? -1 : 1));
    const tally = { commitCount: "2", uphold: `${2n * JUROR_STAKE}`, dismiss: "0", pot: "0" };
    expect(rows.disputes).toEqual([
      {
        kind: "Downtime",
        state: "Upheld",
        byDefault: false,
        filer: lower(addressOf("owner")),
        accused: lower(addressOf("runner")),
        appellant: lower(addressOf("runner")),
        atRisk: `${atRisk}`,
        bond: `${parseOpen("1000")}`,
        appealBond: `${parseOpen("2000")}`,
        toFiler: `${finished.toFiler}`,
        toAppellant: `${finished.toAppellant}`,
        taken: `${enforced.taken}`,
        bounty: `${enforced.bounty}`,
        rounds: [1, 2].map((round) => ({ round, ...tally, votes: votes(round) })),
        evidence: [
          { from: lower(addressOf("owner")), evidenceHash: word("silence") },
          { from: lower(addressOf("runner")), evidenceHash: word("answer") },
        ].sort((a, b) => (a.evidenceHash < b.evidenceHash ? -1 : 1)),
      },
    ]);
    expect(rows.disputePenalties).toEqual([{ slashBps: 100 }]);
  });
});

async function runnerStake(): Promise<bigint> {
  return (await readPool(world.clients.owner, addressOf("runner"), "Runner")).own;
}
