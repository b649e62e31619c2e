/** Models that derive from others and agents that answer by them: on the chain, and in the index. */
import {
  approveToken,
  cancelRevenue,
  commitCard,
  configCode,
  deposit,
  deprecateModel,
  type ModelRegistration,
  openChannel,
  packSettlementRows,
  parseOpen,
  query,
  rateAgent,
  readAgent,
  readCardHash,
  readModel,
  readNextRevenue,
  readPublishingFee,
  readReputation,
  readRevenueAt,
  readUpstream,
  registerAgent,
  registerBase,
  respondToFeedback,
  revokeAgentFeedback,
  scheduleRevenue,
  setAgentOffer,
  setAgentURI,
  setAgentWallet,
  settle,
  signAgentWallet,
  unsetAgentWallet,
  voucherTypedData,
} from "@openledger/sdk";
import { type Hex, keccak256, numberToHex, stringToHex, zeroAddress, zeroHash } from "viem";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startWorld, type World } from "./world.js";

const word = (text: string): Hex => keccak256(stringToHex(text));
const WEEK = 7 * 86_400;

let world: World;
let clients: World["clients"];
let graph: query.GraphClient;

beforeAll(async () => {
  world = await startWorld(["postgres", "anvil", "contracts", "store", "graph"]);
  ({ clients } = world);
  graph = { url: world.devnet.urls.graphql };
  await world.stakeNodes();
}, 240_000);

afterAll(async () => {
  await world?.stop();
});

async function caughtUp(): Promise<void> {
  await query.waitForBlock(graph, await clients.payer.publicClient.getBlockNumber({ cacheTime: 0 }));
}

const now = async (): Promise<bigint> => (await clients.owner.publicClient.getBlock()).timestamp;

const registration = (name: string, more: Partial<ModelRegistration> = {}): ModelRegistration => ({
  name,
  weightsRoot: word(`weights of ${name}`),
  programRoot: word(`program of ${name}`),
  manifestHash: word(`manifest of ${name}`),
  price: { perRequest: 0n, perPromptToken: 1n, perOutputToken: 1n },
  revenue: { modelBps: 1500, dataBps: 0 },
  ...more,
});

describe("models", () => {
  test("grant what their upstream asks for", async () => {
    const { owner, ada } = clients;
    const first = registration("first", { derivativeBps: 2000 });
    expect(await readPublishingFee(owner)).toBe(0n);
    expect((await registerBase(owner, { registration: first })).event.model).toBe(1n);

    const stingy = registerBase(ada, {
      registration: registration("second", { upstream: [{ model: 1n, bps: 1999 }] }),
    });
    await expect(stingy).rejects.toMatchObject({ errorName: "ModelRegistry_GrantTooSmall", values: [1n, 1999, 2000] });
    await registerBase(ada, { registration: registration("second", { upstream: [{ model: 1n, bps: 2500 }] }) });
    const upstream = [
      { model: 1n, bps: 1500 },
      { model: 2n, bps: 3000 },
    ];
    await registerBase(ada, { registration: registration("third", { upstream, supersedes: 2n }) });
    const flat = [
      { model: 1n, bps: 2250 },
      { model: 2n, bps: 2250 },
    ];
    expect(await readUpstream(owner, 3n)).toEqual(flat);

    await caughtUp();
    const [one, two, three] = await query.models(graph);
    expect(one).toMatchObject({ derivativeBps: 2000, upstream: [], successor: null, nextRevenue: null });
    expect(two).toMatchObject({ successor: 3n, supersedes: null, upstream: [{ model: 1n, bps: 2500 }] });
    expect(three).toMatchObject({ supersedes: 2n, upstream: flat });
  });

  test("have the attribution card that their owner committed last", async () => {
    const { owner, ada } = clients;
    await commitCard(owner, { model: 1n, cardHash: word("first card") });
    await commitCard(owner, { model: 1n, cardHash: word("card") });
    await commitCard(ada, { model: 3n, cardHash: word("withdrawn") });
    await commitCard(ada, { model: 3n, cardHash: zeroHash });
    expect([await readCardHash(ada, 1n), await readCardHash(ada, 3n)]).toEqual([word("card"), undefined]);

    await caughtUp();
    const [one, two, three] = await query.models(graph);
    expect([one?.cardHash, two?.cardHash, three?.cardHash]).toEqual([word("card"), null, null]);
  });

  test("announce other revenue a week ahead", async () => {
    const { owner } = clients;
    const start = await now();
    const { event } = await scheduleRevenue(owner, { model: 1n, revenue: { modelBps: 3000, dataBps: 0 } });
    expect(Number(event.effectiveAt - start)).toBeGreaterThanOrEqual(WEEK);
    expect(await readNextRevenue(owner, 1n)).toEqual({
      revenue: { modelBps: 3000, dataBps: 0 },
      effectiveAt: event.effectiveAt,
    });
    await world.pass(WEEK);
    expect(await readNextRevenue(owner, 1n)).toBeUndefined();

    const second = await scheduleRevenue(owner, { model: 1n, revenue: { modelBps: 100, dataBps: 0 } });
    await cancelRevenue(owner, { model: 1n });
    const third = await scheduleRevenue(owner, { model: 1n, revenue: { modelBps: 200, dataBps: 0 } });

    const { effectiveAt } = event;
    expect((await readRevenueAt(owner, 1n, effectiveAt - 1n)).modelBps).toBe(1500);
    expect((await readRevenueAt(owner, 1n, effectiveAt)).modelBps).toBe(3000);
    expect((await readRevenueAt(owner, 1n, third.event.effectiveAt)).modelBps).toBe(200);
    await caughtUp();
    const indexed = await query.model(graph, 1n);
    expect(indexed).toMatchObject({ modelBps: 3000, dataBps: 0 });
    expect(indexed?.nextRevenue).toEqual({ modelBps: 200, dataBps: 0, effectiveAt: third.event.effectiveAt });
    const rows = await query.readAll(graph, "revenueConfigs", `model: "${numberToHex(1n, { size: 8 })}"`, HISTORY);
    const history = rows.map((row) => [row.int("modelBps"), row.optionalBigint("cancelledAt") !== null]);
    // An announcement that is cancelled and made again in the same second is one.
    const same = second.event.effectiveAt === third.event.effectiveAt;
    const all = [[1500, false], [3000, false], ...(same ? [] : [[100, true]]), [200, false]];
    expect(history).toEqual(all);
  });

  test("are deprecated for good", async () => {
    await deprecateModel(clients.ada, { model: 2n });
    await expect(deprecateModel(clients.ada, { model: 2n })).rejects.toMatchObject({
      errorName: "ModelRegistry_AlreadyDeprecated",
    });

    await caughtUp();
    const { deprecatedAt } = await readModel(clients.ada, 2n);
    expect((await query.model(graph, 2n))?.deprecatedAt).toBe(deprecatedAt);
  });
});

const HISTORY = "modelBps cancelledAt effectiveAt";

describe("agents", () => {
  const agentId = 1n;
  const model = 1n;
  let channel: Hex;

  test("have a wallet that agreed", async () => {
    const { ada, bob, payer } = clients;
    const { event } = await registerAgent(ada, { agentURI: "ipfs://one", metadata: { name: "Scholar" } });
    expect(event).toEqual({ agentId, agentURI: "ipfs://one", owner: ada.account.address });
    await setAgentURI(ada, { agentId, agentURI: "ipfs://two" });
    await setAgentOffer(ada, { agentId, model, pricePerCall: parseOpen("0.5") });
    const proof = await signAgentWallet(bob, { agentId, deadline: (await now()) + 600n });
    const forged = { ...proof, newWallet: payer.account.address };
    await expect(setAgentWallet(ada, forged)).rejects.toMatchObject({ errorName: "AgentRegistry_WrongProof" });
    await setAgentWallet(ada, proof);

    const agent = {
      owner: ada.account.address,
      wallet: bob.account.address,
      agentURI: "ipfs://two",
      model,
      pricePerCall: parseOpen("0.5"),
    };
    expect(await readAgent(ada, agentId)).toEqual({ ...agent, isActive: false });
    await caughtUp();
    expect(await query.agent(graph, agentId)).toMatchObject({
      ...agent,
      number: agentId,
      metadata: { name: stringToHex("Scholar") },
      reputations: [],
    });
  });

  test("are rated by who paid, by what was settled", async () => {
    const { ada, payer, runner } = clients;
    channel = await pay(parseOpen("2"));
    const feedback = { value: 875n, valueDecimals: 1, tag1: "starred", feedbackURI: "ipfs://feedback" };
    const unpaid = rateAgent(ada, { agentId, channel, feedback });
    await expect(unpaid).rejects.toMatchObject({ errorName: "AgentReputation_SelfDealing" });
    const other = rateAgent(runner, { agentId, channel, feedback });
    await expect(other).rejects.toMatchObject({ errorName: "AgentReputation_NotPayer" });

    const { event } = await rateAgent(payer, { agentId, channel, feedback });
    expect(event).toMatchObject({ agentId, feedbackIndex: 1n, model, weight: parseOpen("2") });
    const twice = rateAgent(payer, { agentId, channel, feedback });
    await expect(twice).rejects.toMatchObject({ errorName: "AgentReputation_NothingSettled" });

    const mean = parseOpen("87.5");
    const reputation = { count: 1n, weight: parseOpen("2"), mean };
    expect(await readReputation(ada, { agentId, model })).toEqual(reputation);
    expect(await readReputation(ada, { agentId, model, tag1: "starred" })).toEqual(reputation);
    expect((await readReputation(ada, { agentId, model, tag1: "uptime" })).mean).toBeUndefined();

    await respondToFeedback(ada, {
      agentId,
      client: payer.account.address,
      feedbackIndex: 1n,
      responseURI: "ipfs://thanks",
    });
    await caughtUp();
    const [indexed] = await query.agentFeedback(graph, agentId);
    expect(indexed).toMatchObject({
      client: payer.account.address,
      index: 1n,
      model,
      weight: parseOpen("2"),
      value: 875n,
      valueDecimals: 1,
      tag1: "starred",
      isRevoked: false,
      responses: [{ responder: ada.account.address, responseURI: "ipfs://thanks" }],
    });
    const [standing] = (await query.agent(graph, agentId))!.reputations;
    expect(standing).toEqual({ model, count: 1n, weight: parseOpen("2"), weightedSum: mean * parseOpen("2") });
  });

  test("lose what is revoked, and a wallet that leaves", async () => {
    const { ada, bob, payer } = clients;
    await revokeAgentFeedback(payer, { agentId, feedbackIndex: 1n });
    await unsetAgentWallet(bob, { agentId });

    expect((await readReputation(ada, { agentId, model })).count).toBe(0n);
    expect((await readAgent(ada, agentId)).wallet).toBe(zeroAddress);
    await caughtUp();
    const indexed = await query.agent(graph, agentId);
    expect(indexed?.wallet).toBeNull();
    expect(indexed?.reputations).toEqual([{ model, count: 0n, weight: 0n, weightedSum: 0n }]);
    expect((await query.agentFeedback(graph, agentId)).map(({ isRevoked }) => isRevoked)).toEqual([true]);
    expect(await query.agents(graph)).toHaveLength(1);
  });

  /** Opens a channel of the payer's and settles an amount of it for the model. */
  async function pay(amount: bigint): Promise<Hex> {
    const { payer, runner } = clients;
    const { addresses } = world.deployment;
    await approveToken(payer, { spender: addresses.inferenceMarket, amount });
    await deposit(payer, { payer: payer.account.address, amount });
    const salt = 1n;
    const { event } = await openChannel(payer, { runner: runner.account.address, salt, amount });
    const voucher = {
      channel: event.channel,
      model,
      nonce: 1n,
      cumulativeCap: amount,
      requestHash: word("request"),
      deadline: (await now()) + 3600n,
    };
    const signature = await payer.walletClient.signTypedData({
      account: payer.account,
      ...voucherTypedData(world.domain, voucher),
    });
    const rows = packSettlementRows([
      { voucher, payer: payer.account.address, channelSalt: salt, signature, cumulative: amount },
    ]);
    const split = { protocolBps: 200, securityBps: 500, stakersBps: 800 };
    const terms = { rows, receiptsRoot: word("receipts"), dataHash: word("batch"), expectedConfig: configCode(split) };
    expect((await settle(runner, terms)).event?.amount).toBe(amount);
    return event.channel;
  }
});
