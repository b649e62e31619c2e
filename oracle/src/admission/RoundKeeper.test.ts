import type { Contribution } from "@openledger/sdk";
import { type Address, pad } from "viem";
import { beforeEach, expect, it } from "vitest";
import type { ScoringRules } from "../chain/ProtocolReader.js";
import type { Outcome } from "../settle/Outbox.js";
import type { ScoringRound } from "../store/AdmissionFacts.js";
import type { KeptScores } from "../store/ScoreLedger.js";
import { contributionsHash } from "./ContributionJudge.js";
import { RoundKeeper } from "./RoundKeeper.js";

const account = pad("0x1", { size: 20 }) as Address;
const scoring: ScoringRules = {
  ...{ admission: "listed", validatorsBps: 0, acceptScore: 5000, quorum: 1, rewardPerContribution: 0n },
  ...{ commitPeriod: 600, revealPeriod: 600, decisionPeriod: 4000 },
};
const ours: KeptScores = {
  ...{ commitment: pad("0xc"), round: 5n, scores: [10_000, 0], salt: pad("0x5") },
  contributionsHash: contributionsHash({ contributions: [7n, 8n] }),
};

let now: bigint;
let time: number;
let rounds: ScoringRound[];
let waiting: Contribution[];
let rules: ScoringRules | undefined;
let kept: KeptScores | undefined;
let outcome: Outcome;
let sent: string[];
let faults: string[];
let keeper: RoundKeeper;

beforeEach(() => {
  now = 1000n;
  time = 0;
  [rounds, waiting, sent, faults] = [[], [], [], []];
  rules = scoring;
  kept = ours;
  outcome = { kind: "done", hash: pad("0x1") };
  keeper = new RoundKeeper({
    deployment: { addresses: { datanetValidators: pad("0x2", { size: 20 }) } } as never,
    datanets: [1n],
    admissions: {
      rounds: async () => rounds,
      contributions: async (numbers) => numbers.map((number) => contribution(number)),
      rulesUsed: async () => [...new Set(waiting.map((one) => one.rules))],
      waiting: async ({ rules: number, committedSince, untilBlock, limit }) =>
        waiting
          .filter((one) => one.rules === number && one.committedAt >= committedSince && untilBlock === 47n)
          .slice(0, limit),
    },
    facts: { newestBlock: async () => 50n },
    scores: {
      ofRound: async (round, hash) => (kept?.round === round && kept.contributionsHash === hash ? kept : undefined),
      ofCommitment: async (commitment) => (kept?.commitment === commitment ? kept : undefined),
    },
    chain: { now: async () => now, roundRules: async () => rules },
    outbox: {
      account,
      submit: async ({ functionName, args }) => {
        const shown = args.map((arg) => (Array.isArray(arg) ? arg.map((one) => one.number ?? one).join() : arg));
        sent.push(`${functionName} ${shown.join(" ")}`);
        return outcome;
      },
    },
    confirmations: 3n,
    clock: { now: () => new Date(time), sleep: async () => {} },
    log: { info: () => {}, fault: (message) => faults.push(message) },
  });
});

function contribution(number: bigint, more: Partial<Contribution> = {}): Contribution {
  const hash = pad("0x4");
  const made = { number, datanet: 1n, contributor: account, recordCount: 1, rules: 1, committedAt: 900n };
  return { ...made, recordsRoot: hash, licence: hash, dataHash: hash, ...more };
}

function round(more: Partial<ScoringRound> = {}): ScoringRound {
  return {
    ...{ block: 40n, blockHash: pad("0xe"), logIndex: 0, round: 5n, datanet: 1n, contributions: [7n, 8n], rules: 1 },
    ...{ commitsUntil: 1400n, revealsUntil: 1800n, committed: undefined, isRevealed: false, end: undefined },
    ...more,
  };
}

const committed = ours.commitment;
const decided = (accepted: bigint) => ({ kind: "decided", accepted, perPoint: 3n }) as const;
const step = () => keeper.step(new AbortController().signal);

it.each<[string, bigint, Partial<ScoringRound>, string[]]>([
  ["commits while commits are taken", 1399n, {}, [`commit 5 ${committed}`]],
  ["commits once", 1399n, { committed }, []],
  ["does not commit when reveals begin", 1400n, {}, []],
  ["reveals when nobody can commit any more", 1400n, { committed }, [`reveal 5 ${account} 10000,0 ${ours.salt}`]],
  ["reveals once", 1799n, { committed, isRevealed: true }, []],
  ["closes when the windows are over", 1800n, { committed, isRevealed: true }, ["closeRound 5 7,8"]],
  ["closes also what it had no part in", 1800n, {}, ["closeRound 5 7,8"]],
  ["collects", 1900n, { committed, isRevealed: true, end: decided(1n) }, [`collectReward 5 ${account} 10000,0`]],
  [
    "collects for one vote of several",
    1900n,
    { committed, isRevealed: true, end: decided(3n) },
    [`collectReward 5 ${account} 10000,0`],
  ],
  ["has nothing to collect where it voted against all", 1900n, { committed, isRevealed: true, end: decided(2n) }, []],
])("%s", async (_what, at, state, expected) => {
  now = at;
  rounds = [round(state)];

  await step();

  expect(sent).toEqual(expected);
});

it("commits to nothing that was judged of other contributions", async () => {
  rounds = [round({ contributions: [7n, 9n] })];

  expect([await step(), sent]).toEqual([false, []]);
});

it("reveals what the chain holds, and says once where the database does not know it", async () => {
  now = 1500n;
  rounds = [round({ committed: pad("0xd") })];

  await step();
  await step();

  expect(sent).toEqual([]);
  expect(faults).toEqual([expect.stringContaining("ROUND 5 LOST")]);
});

it("opens a round over what waits and is confirmed, by rules", async () => {
  waiting = [contribution(1n), contribution(2n, { rules: 2 }), contribution(3n)];

  expect(await step()).toBe(true);

  expect(sent).toEqual(["openRound 1,3"]);
});

it("opens none that would outlast the time to decide, and none where the owner decides", async () => {
  const lastStart = 900n + 4000n - 1200n - 120n;
  waiting = [contribution(1n)];
  now = lastStart + 1n;
  await step();
  rules = undefined;
  now = lastStart;
  await step();
  expect(sent).toEqual([]);

  rules = scoring;
  await step();
  expect(sent).toEqual(["openRound 1"]);
});

it("opens over 64 at most", async () => {
  waiting = Array.from({ length: 70 }, (_, at) => contribution(BigInt(at)));

  await step();

  expect(sent[0]!.split(",")).toHaveLength(64);
});

it("tries what was refused again after a minute, not before", async () => {
  waiting = [contribution(1n)];
  outcome = { kind: "refused", error: "no" };
  expect(await step()).toBe(false);
  time = 59_999;
  await step();
  expect(sent).toHaveLength(1);

  time = 60_000;
  await step();
  expect(sent).toHaveLength(2);
});
