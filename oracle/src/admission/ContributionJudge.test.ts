import {
  CONTRACT_NAMES,
  ContentUnavailableError,
  type Contribution,
  type ContributionFile,
  contentHash,
  contributionCommitment,
  type Deployment,
  decodeAdmission,
  encodeContributionFile,
  licenceToBytes32,
  scoresCommitment,
} from "@openledger/sdk";
import { type Address, getAddress, type Hex, pad } from "viem";
import { beforeEach, expect, it } from "vitest";
import type { EarlierContribution, ScoringRound } from "../store/AdmissionFacts.js";
import type { KeptAdmission, KeptScores } from "../store/ScoreLedger.js";
import { ContributionJudge, contributionsHash } from "./ContributionJudge.js";

const account = getAddress(pad("0x1", { size: 20 }));
const contributor = getAddress(pad("0x9", { size: 20 }));
const keeper = "The keeper wrote of the storm that put out every lamp on the coast, and of ships that turned north.";
const baker = "At five the baker opened, while the streets were wet and cats slept on the bonnets of parked cars.";
const addresses = Object.fromEntries(CONTRACT_NAMES.map((name) => [name, account]));
const deployment = { chainId: 31_337, addresses } as unknown as Deployment;
const rules = {
  ...({ admission: "listed", validatorsBps: 0, acceptScore: 5000, quorum: 1, rewardPerContribution: 0n } as const),
  ...{ commitPeriod: 400, revealPeriod: 400, decisionPeriod: 4000 },
};
const decoy = Uint32Array.from({ length: 32 }, (_, at) => at + 1);

let now: bigint;
/** Seconds that pass with each look at the chain. */
let passing: bigint;
let time: number;
let isValidator: boolean;
let store: Map<Hex, Uint8Array>;
let committed: Map<bigint, Contribution>;
let earlier: EarlierContribution[];
let licences: Hex[];
let kept: { scores: KeptScores; admissions: readonly KeptAdmission[] }[];
let faults: string[];
let readsDown: boolean;
let round: ScoringRound;
let judge: ContributionJudge;

beforeEach(() => {
  now = 1000n;
  passing = 0n;
  time = 0;
  isValidator = true;
  readsDown = false;
  [store, committed, earlier, kept, faults] = [new Map(), new Map(), [], [], []];
  licences = [licenceToBytes32("MIT"), pad("0x41")];
  judge = new ContributionJudge({
    deployment,
    datanets: [1n],
    account,
    runtime: {
      architecture: { vocabulary: 64, maxPositions: 512 } as never,
      weightsRoot: pad("0xb"),
      attribution: async () =>
        ({ hash: pad("0xc"), base: { decoys: Array.from({ length: 32 }, () => ({ ids: decoy })) } }) as never,
      // one nat a token, whatever it is: nothing reads worse than the decoys
      hiddenStates: async (ids) => ({
        hidden: new Float32Array(),
        probabilities: new Float32Array(ids.length).fill(0.36),
      }),
    },
    tokenizer: { encode: (text) => text.split(" ").map((_, at) => at) },
    content: {
      get: async (hash) => {
        if (readsDown)
          throw new ContentUnavailableError("store", "no connection", { retryable: true, cause: new Error("down") });
        const bytes = store.get(hash);
        if (bytes === undefined) throw new ContentUnavailableError("store", "status 404", { retryable: true });
        return bytes;
      },
    },
    admissions: {
      rounds: async () => [round],
      contributions: async (numbers) => numbers.flatMap((number) => committed.get(number) ?? []),
      licencesAt: async () => licences,
      earlier: async (number) => earlier.filter(({ contribution }) => contribution.number < number),
    },
    facts: { newestBlock: async () => 50n },
    scores: {
      keep: async (scores, admissions) => {
        kept.push({ scores, admissions });
      },
      ofRound: async (number, hash) => {
        const found = kept.find(({ scores }) => scores.round === number && scores.contributionsHash === hash);
        return found?.scores;
      },
    },
    chain: {
      now: async () => {
        now += passing;
        return now;
      },
      isValidator: async () => isValidator,
      roundRules: async () => rules,
    },
    confirmations: 3n,
    clock: { now: () => new Date(time), sleep: async () => {} },
    log: { info: () => {}, fault: (message) => faults.push(message) },
  });
  round = open([]);
});

function open(contributions: readonly bigint[], more: Partial<ScoringRound> = {}): ScoringRound {
  return {
    ...{ block: 40n, logIndex: 0, round: 5n, datanet: 1n, contributions, rules: 1 },
    ...{ commitsUntil: 1400n, revealsUntil: 1800n, committed: undefined, isRevealed: false, end: undefined },
    ...more,
  };
}

function contribute(number: bigint, texts: readonly string[], { isStored = true } = {}): Contribution {
  const file: ContributionFile = {
    ...{ datanet: 1n, contributor, licence: "MIT", source: { name: "tales", version: "1" } },
    records: texts.map((text, at) => ({ path: `${at}`, text })),
  };
  const { recordsRoot, recordCount, licence, dataHash } = contributionCommitment(file);
  if (isStored) store.set(dataHash, encodeContributionFile(file));
  const made = { number, datanet: 1n, contributor: contributor as Address, recordCount, rules: 1, committedAt: 900n };
  const contribution = { ...made, recordsRoot, licence, dataHash };
  committed.set(number, contribution);
  return contribution;
}

const step = () => judge.step(new AbortController().signal);
const admissions = () => kept[0]!.admissions.map(({ text }) => decodeAdmission(text));

it("keeps scores under the commitment that they will be revealed for, once", async () => {
  contribute(7n, [keeper, baker]);
  round = open([7n]);

  expect([await step(), await step()]).toEqual([true, false]);

  const { scores, admissions: told } = kept[0]!;
  expect(scores).toMatchObject({ round: 5n, contributionsHash: contributionsHash(round), scores: [10_000] });
  expect(scores.commitment).toBe(scoresCommitment({ deployment }, account, scores));
  expect(told).toMatchObject([{ datanet: 1n, contribution: 7n, toldFrom: round.commitsUntil }]);
  expect(kept).toHaveLength(1);
});

it("never uses a salt twice", async () => {
  contribute(7n, [keeper]);
  for (const number of [1n, 2n]) {
    round = open([7n], { round: number });
    await step();
  }

  expect(kept[0]!.scores.salt).toMatch(/^0x[0-9a-f]{64}$/);
  expect(kept[1]!.scores.salt).not.toBe(kept[0]!.scores.salt);
});

it.each<[string, () => void]>([
  [
    "that it may not score",
    () => {
      isValidator = false;
    },
  ],
  [
    "whose commits are over",
    () => {
      now = 1400n;
    },
  ],
  [
    "that has its commitment",
    () => {
      round = open([7n], { committed: pad("0x1") });
    },
  ],
  [
    "that has ended",
    () => {
      round = open([7n], { end: { kind: "referred" } });
    },
  ],
  [
    "that too few blocks confirm",
    () => {
      round = open([7n], { block: 48n });
    },
  ],
])("leaves a round %s", async (_which, change) => {
  contribute(7n, [keeper]);
  round = open([7n]);
  change();

  expect([await step(), kept]).toEqual([false, []]);
});

it("lets the first committed keep the record, whatever the order of the round", async () => {
  contribute(8n, [`${keeper} So it was.`, baker]);
  contribute(7n, [keeper]);
  round = open([8n, 7n]);

  await step();

  expect(kept[0]!.scores.scores).toEqual([5000, 10_000]);
  expect(admissions()[0]!.refused).toMatchObject([
    { index: 0, reasons: [{ rule: "copy", evidence: { of: { contribution: 7n, index: 0 } } }] },
  ]);
});

it("takes nothing for earlier of a contribution that it refuses", async () => {
  contribute(7n, [keeper, "", "-", "..."]);
  contribute(8n, [keeper]);
  round = open([7n, 8n]);

  await step();

  expect(kept[0]!.scores.scores).toEqual([2500, 10_000]);
});

it("compares with earlier contributions, but for records that were revoked and files that nobody has", async () => {
  earlier = [
    { contribution: contribute(2n, [keeper, baker]), revoked: new Set([1]) },
    { contribution: contribute(3n, [`${baker} Once.`], { isStored: false }), revoked: new Set() },
    { contribution: contribute(9n, [baker]), revoked: new Set() },
  ];
  contribute(7n, [keeper, baker]);
  contribute(10n, [keeper]);
  round = open([7n, 10n]);

  await step();

  const [admission, later] = admissions();
  expect(admission!.refused).toMatchObject([
    { index: 0, reasons: [{ rule: "duplicate", evidence: { of: { contribution: 2n } } }] },
  ]);
  expect(admission!.comparedWith).toEqual({ records: 1, unread: [3n] });
  // with what 7 added, and with 9
  expect(later!.comparedWith).toEqual({ records: 3, unread: [3n] });
  expect(faults).toHaveLength(1);
});

it("waits for a file until a quarter of the commits is left, then scores without it", async () => {
  contribute(7n, [keeper]);
  contribute(8n, [baker], { isStored: false });
  round = open([7n, 8n]);

  now = 1299n;
  expect(await step()).toBe(false);
  time += 60_000;
  now = 1300n;
  expect(await step()).toBe(true);

  expect(kept[0]!.scores.scores).toEqual([10_000, 0]);
  expect(admissions()[1]).toMatchObject({
    refused: [],
    reasons: [{ rule: "file" }],
    appeal: [{ way: "contribute_again" }],
  });
});

it("scores what came while it waited", async () => {
  contribute(8n, [baker], { isStored: false });
  round = open([8n]);
  expect(await step()).toBe(false);

  contribute(8n, [baker]);
  time += 60_000;
  await step();

  expect(kept[0]!.scores.scores).toEqual([10_000]);
});

it("blames nobody for a store that is down", async () => {
  contribute(7n, [keeper]);
  round = open([7n]);
  [readsDown, now] = [true, 1399n];

  await expect(step()).rejects.toBeInstanceOf(ContentUnavailableError);
  expect(kept).toEqual([]);
});

it("refuses a file that is another than was committed, whatever it holds", async () => {
  const bytes = new TextEncoder().encode(
    JSON.stringify({
      ...{ format: "openledger.contribution/1", datanet: "1", contributor, licence: "MIT" },
      ...{ source: { name: "x", version: "1" }, records: [{ path: "0", text: "\ud800".repeat(500) }] },
    }),
  );
  const dataHash = contentHash(bytes);
  store.set(dataHash, bytes);
  committed.set(7n, { ...contribute(7n, [keeper]), dataHash });
  round = open([7n]);

  await step();

  expect(admissions()[0]).toMatchObject({
    score: 0,
    reasons: [{ rule: "file", limit: "the file that was committed" }],
  });
});

it("refuses what would take too long to judge, without reading it", async () => {
  committed.set(7n, { ...contribute(7n, [keeper], { isStored: false }), recordCount: 4097 });
  round = open([7n]);

  expect(await step()).toBe(true);

  expect(admissions()[0]!.reasons).toMatchObject([{ rule: "file", found: "4097 records" }]);
});

it("says so where commits ended before it was done", async () => {
  contribute(7n, [keeper]);
  round = open([7n], { commitsUntil: 1002n });
  passing = 1n;

  expect(await step()).toBe(false);

  expect(kept).toEqual([]);
  expect(faults).toEqual([expect.stringContaining("ROUND 5 MISSED")]);
});
