/** The subgraph on the real graph-node: its totals are the contracts', through reorganisations and killed processes. */
import { callRpc } from "@openledger/script";
import {
  addStakeFees,
  approveToken,
  claimOperatorFees,
  claimStakeFees,
  delegateStake,
  deposit,
  openChannel,
  parseOpen,
  query,
  readChannel,
  readDelegation,
  readFree,
  readPool,
  readStakeFees,
  readTokenBalance,
  roleNumber,
  setFeeCut,
  submit,
  thawChannel,
  topUpChannel,
  undelegateStake,
  withdraw,
  withdrawUndelegated,
} from "@openledger/sdk";
import { type Hex, zeroAddress } from "viem";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startWorld, type World } from "./world.js";

let world: World;
let graph: query.GraphClient;

beforeAll(async () => {
  world = await startWorld(["postgres", "anvil", "contracts", "store", "graph"]);
  graph = { url: world.devnet.urls.graphql };
  await world.stakeNodes();
  const { payer } = world.clients;
  await approveToken(payer, { spender: world.deployment.addresses.inferenceMarket, amount: parseOpen("1000") });
}, 240_000);

afterAll(async () => {
  await world?.stop();
});

const payerAddress = () => world.clients.payer.account.address;
const runnerAddress = () => world.clients.runner.account.address;

/** Everything on the chain is in the index. */
async function caughtUp(): Promise<void> {
  await query.waitForBlock(graph, await world.clients.payer.publicClient.getBlockNumber({ cacheTime: 0 }));
}

function open(salt: bigint, amount: bigint): Promise<{ readonly event: { readonly channel: Hex } }> {
  return openChannel(world.clients.payer, { runner: runnerAddress(), salt, amount });
}

/** Totals of the index against what the contracts say, to the wei. */
async function expectSameBooks(): Promise<void> {
  await caughtUp();
  const reader = world.clients.payer;
  const { addresses } = world.deployment;
  const totals = await query.protocolTotals(graph);
  const indexed = await query.channels(graph, { payer: payerAddress() });
  const channels = await Promise.all(indexed.map(({ channel }) => readChannel(reader, channel)));
  const held = channels.reduce((sum, { balance, claimed }) => sum + balance - claimed, 0n);

  expect(totals.free).toBe(await readFree(reader, payerAddress()));
  expect(totals.inChannels).toBe(held);
  expect(totals.free + totals.inChannels).toBe(await readTokenBalance(reader, addresses.inferenceMarket));
  expect(totals.deposited - totals.withdrawn).toBe(totals.free + totals.inChannels + totals.settled);
  expect(indexed.map(({ thawing }) => thawing)).toEqual(channels.map(({ thawing }) => thawing));
  expect(totals.staked + totals.stakingFees).toBe(await readTokenBalance(reader, addresses.stakingManager));
}

describe("the index", () => {
  test("holds what the contracts hold", async () => {
    const { payer } = world.clients;
    await deposit(payer, { payer: payerAddress(), amount: parseOpen("500") });
    await withdraw(payer, { to: payerAddress(), amount: parseOpen("20") });
    const { event } = await open(1n, parseOpen("100"));
    await topUpChannel(payer, { channel: event.channel, amount: parseOpen("30") });
    await thawChannel(payer, { channel: event.channel, amount: parseOpen("40") });

    await expectSameBooks();

    expect((await query.protocolTotals(graph)).deposited).toBe(parseOpen("500"));
    const [pool] = await query.stakePools(graph, "Runner");
    expect(pool?.own).toBe((await readPool(payer, runnerAddress(), "Runner")).own);
  });

  test("gives all of a collection, however many pages it takes", async () => {
    const before = (await query.channels(graph)).length;
    for (let salt = 100n; salt < 105n; salt++) await open(salt, 1n);
    await caughtUp();

    expect(await query.channels(graph)).toHaveLength(before + 5);
    const twoAPage = await query.readAll(graph, "channels", "", "balance", 2);
    expect(twoAPage.map((row) => row.hex("id"))).toEqual((await query.channels(graph)).map(({ channel }) => channel));
  });

  test("follows a reorganisation of three blocks", async () => {
    const { rpc } = world.devnet.urls;
    const kept = await query.protocolTotals(graph);
    for (let salt = 200n; salt < 203n; salt++) await open(salt, parseOpen("5"));
    await caughtUp();
    expect((await query.protocolTotals(graph)).channelCount).toBe(kept.channelCount + 3n);

    await callRpc(rpc, "anvil_reorg", [3, []]);
    // The new branch must be longer than the old one before a node follows it.
    await callRpc(rpc, "anvil_mine", ["0x2"]);

    await expectSameBooks();
    expect((await query.protocolTotals(graph)).channelCount).toBe(kept.channelCount);
  });

  test("goes on after graph-node and PostgreSQL were killed", async () => {
    await open(300n, parseOpen("7"));
    await world.devnet.kill("graph", "SIGKILL");
    await open(301n, parseOpen("8"));
    await world.devnet.healthy("graph");
    await expectSameBooks();

    await world.devnet.kill("postgres", "SIGKILL");
    await open(302n, parseOpen("9"));
    await world.devnet.healthy("postgres");
    await world.devnet.healthy("graph");
    await expectSameBooks();
    expect((await query.protocolTotals(graph)).channelCount).toBe(9n);
  }, 120_000);

  test("follows a delegation from its shares to its fees, a slash and its end", async () => {
    const { payer, runner } = world.clients;
    const pool = { operator: runnerAddress(), role: "Runner" } as const;
    const spender = world.deployment.addresses.stakingManager;
    await approveToken(payer, { spender, amount: parseOpen("150") });
    const { event } = await delegateStake(payer, { ...pool, amount: parseOpen("100") });
    expect(event).toMatchObject({ delegator: payerAddress(), shares: parseOpen("100") });
    await addStakeFees(payer, { ...pool, amount: parseOpen("50") });
    await setFeeCut(runner, { role: "Runner", bps: 500 });
    await expectSameBooks();
    expect(await query.delegations(graph, payerAddress())).toMatchObject([
      { operator: runnerAddress(), role: "Runner", shares: parseOpen("100"), tokens: parseOpen("100") },
    ]);

    await world.pass(7 * 24 * 3600);
    expect((await readStakeFees(payer, pool.operator, "Runner")).cutBps).toBe(500);
    const claimed = await claimStakeFees(runner, { ...pool, delegator: payerAddress() });
    expect(claimed.event.amount).toBeGreaterThan(0n);
    await claimOperatorFees(payer, pool);
    await expectSameBooks();

    // All own stake and a tenth of the delegated, by a court.
    const { own } = await readPool(payer, pool.operator, "Runner");
    const taken = own + parseOpen("10");
    const order = { operator: pool.operator, role: roleNumber("Runner"), amount: taken, bountyTo: zeroAddress };
    const court = await world.impersonated(world.deployment.addresses.receiptCourt);
    await submit(court, "stakingManager", "slash", [
      { ...order, bountyBps: 0, refundTo: zeroAddress, refundAmount: 0n },
    ]);
    await expectSameBooks();
    expect(await query.protocolTotals(graph)).toMatchObject({ slashed: taken, burnt: taken });
    const [slashed] = await query.stakePools(graph, "Runner");
    expect(slashed).toMatchObject({ own: 0n, delegated: parseOpen("90"), feeCutBps: 0 });

    await undelegateStake(payer, { ...pool, shares: parseOpen("100") });
    await world.pass(11);
    const left = await withdrawUndelegated(payer, pool);
    expect(left.event.amount).toBe(parseOpen("90"));
    await expectSameBooks();
    expect((await query.delegations(graph, payerAddress()))[0]).toMatchObject({
      shares: 0n,
      deposited: parseOpen("100"),
      withdrawn: parseOpen("90"),
      feesClaimed: claimed.event.amount,
    });
    expect((await readDelegation(payer, payerAddress(), pool.operator, "Runner")).shares).toBe(0n);
  });

  test("tells of each pause how long it lasts", async () => {
    const brake = await world.impersonated(world.deployment.addresses.emergencyBrake);
    const { timestamp } = await brake.publicClient.getBlock();
    const until = (hours: bigint) => timestamp + hours * 3600n;
    await submit(brake, "inferenceMarket", "pauseSettlement", [until(1n)]);
    await submit(brake, "inferenceMarket", "pauseExits", [until(2n)]);
    await submit(brake, "stakingManager", "pauseStaking", [until(3n)]);
    await submit(brake, "stakingManager", "pauseExits", [until(4n)]);
    await submit(brake, "attributionOracle", "pauseFinality", [until(5n)]);
    await submit(brake, "contributionRegistry", "pauseContributions", [until(6n)]);
    await submit(brake, "modelRegistry", "pauseRegistration", [until(7n)]);
    await submit(brake, "agentRegistry", "pauseRegistration", [until(8n)]);
    await caughtUp();

    const { protocol } = await query.queryGraph(
      graph,
      `{ protocol(id: "0x01") {
        settlementPausedUntil exitsPausedUntil stakingPausedUntil stakeExitsPausedUntil finalityPausedUntil
        contributionsPausedUntil modelRegistrationPausedUntil agentRegistrationPausedUntil modelTreasury
      } }`,
    );
    expect(protocol).toEqual({
      settlementPausedUntil: `${until(1n)}`,
      exitsPausedUntil: `${until(2n)}`,
      stakingPausedUntil: `${until(3n)}`,
      stakeExitsPausedUntil: `${until(4n)}`,
      finalityPausedUntil: `${until(5n)}`,
      contributionsPausedUntil: `${until(6n)}`,
      modelRegistrationPausedUntil: `${until(7n)}`,
      agentRegistrationPausedUntil: `${until(8n)}`,
      modelTreasury: world.deployment.addresses.treasury.toLowerCase(),
    });
  });

  test("says what was wrong with a query", async () => {
    const refused = query.queryGraph(graph, "{ nothingOfTheKind { id } }");

    await expect(refused).rejects.toMatchObject({ code: "graph_query", retryable: false });
  });
});
