/** A Datanet's life on a real chain and a real index: rules, signed contributions, duplicates, revocations, versions. */
import {
  ALL_RECORDS,
  acceptContributions,
  approveToken,
  type Contribution,
  type ContributionFile,
  collectOwner,
  contribute,
  contributeFor,
  contributionCommitment,
  createDatanet,
  OWNER_APPROVES,
  parseOpen,
  publishVersion,
  query,
  readAcceptedContributions,
  readContributionState,
  readContributions,
  readDatanet,
  readRevocations,
  readRules,
  readTokenBalance,
  readVersion,
  refuteDuplicate,
  rejectContributions,
  revocationsHash,
  scheduleRules,
  setContributors,
  setLicences,
  signContribution,
  transferToken,
  VersionRecords,
  withdrawContribution,
} from "@openledger/sdk";
import { zeroHash } from "viem";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Actor, startWorld, type World } from "./world.js";

const FEE = parseOpen("3");
let world: World;
let graph: query.GraphClient;
let datanet: bigint;

beforeAll(async () => {
  world = await startWorld(["postgres", "anvil", "contracts", "store", "graph"]);
  graph = { url: world.devnet.urls.graphql };
  for (const actor of ["ada", "bob"] as const) {
    const client = world.clients[actor];
    await transferToken(world.clients.genesis, { to: client.account.address, amount: parseOpen("100") });
    await approveToken(client, {
      spender: world.deployment.addresses.contributionRegistry,
      amount: parseOpen("100"),
    });
  }
}, 240_000);

afterAll(() => world?.stop());

const balanceOf = (actor: Actor) => readTokenBalance(world.clients.owner, world.clients[actor].account.address);

function fileOf(actor: Actor, texts: readonly string[]): ContributionFile {
  return {
    datanet,
    contributor: world.clients[actor].account.address,
    licence: "MIT",
    source: { name: actor, version: "1.0.0" },
    records: texts.map((text, at) => ({ path: `${at}.txt`, text })),
  };
}

async function contributed(actor: Actor, file: ContributionFile): Promise<Contribution> {
  const commitment = { ...contributionCommitment(file), licence: "MIT" };
  return (await contribute(world.clients[actor], { datanet, ...commitment })).contribution;
}

async function caughtUp(): Promise<void> {
  await query.waitForBlock(graph, await world.clients.owner.publicClient.getBlockNumber({ cacheTime: 0 }));
}

describe("a Datanet", () => {
  it("is opened with its rules and schedules the next", async () => {
    const { owner } = world.clients;
    const rules = { ...OWNER_APPROVES, contributionFee: FEE, curationBps: 500 };
    datanet = (await createDatanet(owner, { name: "Tales", metadataHash: zeroHash, licences: ["MIT"], rules })).event
      .datanet;
    expect(await readRules(owner, datanet)).toEqual({ number: 1, rules });

    const next = {
      ...rules,
      access: "open",
      decider: "validators",
      rounds: {
        admission: "active",
        validatorsBps: 4000,
        acceptScore: 6000,
        quorum: 3,
        commitPeriod: 3600,
        revealPeriod: 1800,
        rewardPerContribution: 5n,
      },
    } as const;
    const { event } = await scheduleRules(owner, { datanet, rules: next });
    expect(event.number).toBe(2);
    expect((await readDatanet(owner, datanet)).nextRulesAt).toBe(event.effectiveAt);
    expect(await readRules(owner, datanet, 2)).toEqual({ number: 2, rules: next });
    await setLicences(owner, { datanet, added: ["Apache-2.0"], removed: ["MIT"] });
    await setLicences(owner, { datanet, added: ["MIT"] });
    await setContributors(owner, { datanet, added: [world.clients.ada.account.address] });
  });

  it("takes contributions, sent by whoever pays the gas", async () => {
    const { ada, bob, owner, watcher } = world.clients;
    const first = await contributed("ada", fileOf("ada", ["one", "two", "three"]));
    const commitment = { ...contributionCommitment(fileOf("bob", ["four", "two"])), licence: "MIT" };
    const signed = await signContribution(bob, { datanet, ...commitment, deadline: 4_000_000_000n });
    const { contribution: second } = await contributeFor(watcher, signed);
    expect(second).toMatchObject({ number: 2n, contributor: bob.account.address, rules: 1, datanet });
    expect(await readContributions(owner, [1n, 2n])).toEqual([first, second]);
    expect([await balanceOf("ada"), await balanceOf("bob")]).toEqual([parseOpen("97"), parseOpen("97")]);
    await expect(contributeFor(watcher, signed)).rejects.toMatchObject({
      errorName: "ContributionRegistry_InvalidSignature",
    });

    await acceptContributions(owner, { datanet, contributions: [first, second] });
    const third = await contributed("ada", fileOf("ada", ["five"]));
    await rejectContributions(owner, { datanet, contributions: [third] });
    expect(await balanceOf("ada")).toBe(parseOpen("97"));
    expect(await readContributionState(owner, 3n)).toBe("Rejected");
    await publishVersion(owner, { datanet });
    const before = await balanceOf("owner");
    await collectOwner(ada, datanet);
    expect((await balanceOf("owner")) - before).toBe(2n * FEE);
  });

  it("loses what is proven to have stood before", async () => {
    const { owner, watcher } = world.clients;
    const [first, second] = (await readContributions(owner, [1n, 2n])) as [Contribution, Contribution];
    const { event } = await refuteDuplicate(watcher, {
      later: { contribution: second, file: fileOf("bob", ["four", "two"]), index: 1 },
      earlier: { contribution: first, file: fileOf("ada", ["one", "two", "three"]), index: 1 },
    });
    expect(event).toMatchObject({ contribution: 2n, index: 1, earlierContribution: 1n, earlierIndex: 1, bounty: 0n });

    const copy = fileOf("bob", ["six", "three"]);
    const undecided = await contributed("bob", copy);
    const before = await balanceOf("watcher");
    await refuteDuplicate(watcher, {
      later: { contribution: undecided, file: copy, index: 1 },
      earlier: { contribution: first, file: fileOf("ada", ["one", "two", "three"]), index: 2 },
    });
    expect((await balanceOf("watcher")) - before).toBe(FEE / 2n);
    expect(await readContributionState(owner, undecided.number)).toBe("Rejected");
  });

  it("publishes versions that leave out what was revoked", async () => {
    const { ada, owner } = world.clients;
    const last = await contributed("ada", fileOf("ada", ["seven"]));
    await acceptContributions(owner, { datanet, contributions: [last] });
    await publishVersion(owner, { datanet });
    const [first] = (await readContributions(owner, [1n])) as [Contribution];
    await withdrawContribution(ada, first);
    await publishVersion(owner, { datanet });

    const counts = [];
    for (const number of [1, 2, 3]) {
      const version = await readVersion(owner, datanet, number);
      const revocations = await readRevocations(owner, datanet, version.revocationCount);
      expect(revocationsHash(revocations)).toBe(version.revocationsHash);
      const contributions = await readAcceptedContributions(owner, datanet, version.contributionCount);
      counts.push([version.recordCount, new VersionRecords(contributions, revocations).length]);
    }
    expect(counts).toEqual([
      [5n, 5],
      [6n, 5],
      [6n, 2],
    ]);
  });

  it("is indexed as it is", async () => {
    await caughtUp();
    const version = await query.datanetVersion(graph, datanet, 3);
    expect(version).toMatchObject({ contributionCount: 3n, recordCount: 6n, revocationCount: 2n });
    const revocations = await query.revocations(graph, datanet);
    expect(revocations).toMatchObject([
      { sequence: 1n, contribution: 2n, index: 1 },
      { sequence: 2n, contribution: 1n, index: ALL_RECORDS },
    ]);
    expect(revocationsHash(revocations)).toBe(version!.revocationsHash);
    const states = (await query.contributions(graph, datanet)).map(({ state, rules }) => [state, rules]);
    expect(states).toEqual([
      ["Revoked", 1],
      ["Accepted", 1],
      ["Rejected", 1],
      ["Rejected", 1],
      ["Accepted", 1],
    ]);
    const board = await query.leaderboard(graph, { by: "standingCount", first: 10 });
    const [ada, bob] = [world.clients.ada.account.address, world.clients.bob.account.address];
    // ada's first contribution was withdrawn after it was accepted, and one of bob's two records stood before
    const standing = new Map(
      board.map(({ account, recordCount, standingCount }) => [account, [recordCount, standingCount]]),
    );
    expect(standing).toEqual(
      new Map([
        [ada, [4n, 1n]],
        [bob, [2n, 1n]],
      ]),
    );
    expect(await query.contributor(graph, bob)).toMatchObject({ account: bob, recordCount: 2n, standingCount: 1n });
    expect(await query.contributor(graph, world.clients.owner.account.address)).toBeNull();
    await expect(query.leaderboard(graph, { by: "claimed", first: 1001 })).rejects.toThrow("1 to 1000");
    const [indexed] = await query.datanets(graph);
    const onChain = await readDatanet(world.clients.owner, datanet);
    expect(indexed).toMatchObject({
      ownerCredit: onChain.ownerCredit,
      feesHeld: 0n,
      reserve: 0n,
      revocationCount: 2n,
      versionCount: 3,
    });
  });
});
