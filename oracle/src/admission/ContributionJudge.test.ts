import { fileURLToPath } from "node:url";
import { AdapterProbe, type ProbeInput, type ProbeReading, type ProbeSilence, Tokenizer } from "@openledger/engine";
import {
  CONTRACT_NAMES,
  type ContentClient,
  ContentErasedError,
  ContentUnavailableError,
  type Contribution,
  type ContributionFile,
  contentHash,
  contributionCommitment,
  type Deployment,
  decodeAdmission,
  decodeHeldContribution,
  encodeContributionFile,
  encodeRedactedContribution,
  licenceToBytes32,
  redactContribution,
  scoresCommitment,
} from "@openledger/sdk";
import { type Address, getAddress, type Hex, keccak256, pad } from "viem";
import { beforeEach, describe, expect, it } from "vitest";
import type { Log } from "../Log.js";
import type { EarlierContribution, ScoringRound } from "../store/AdmissionFacts.js";
import type { KeptAdmission, KeptScores } from "../store/ScoreLedger.js";
import { openFiles } from "../testing/openFiles.js";
import { ContributionJudge, contributionsHash } from "./ContributionJudge.js";
import { probeSeed } from "./probeSeed.js";
import { RecordJudge } from "./RecordJudge.js";

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

const learned: ProbeReading = {
  ...{ kind: "reading", seed: 7, trainedTokens: 6000, heldOutTokens: 2000, lossBefore: 4.2, lossAfter: 3.5 },
  ...{ orderBefore: 0.9, orderAfter: { mean: 1.2, error: 0.05 }, orderLimit: 0.2 },
  ...{ harm: { mean: 0.4, error: 0.03 }, harmLimit: 2, refusal: undefined },
};

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
/** Contributions of which nothing is left. */
let erased: Set<bigint>;
let probe: ProbeReading | ProbeSilence;
let probed: ProbeInput[];
let ask: AdapterProbe["read"];
let round: ScoringRound;
let judge: ContributionJudge;

beforeEach(() => {
  now = 1000n;
  passing = 0n;
  time = 0;
  isValidator = true;
  readsDown = false;
  erased = new Set();
  [store, committed, earlier, kept, faults, probed] = [new Map(), new Map(), [], [], [], []];
  probe = learned;
  ask = async (input) => {
    probed.push(input);
    return probe;
  };
  licences = [licenceToBytes32("MIT"), pad("0x41")];
  const content: Pick<ContentClient, "get"> = {
    get: async (hash) => {
      if (readsDown)
        throw new ContentUnavailableError("store", "no connection", { retryable: true, cause: new Error("down") });
      if ([...erased].some((number) => committed.get(number)!.dataHash === hash)) throw new ContentErasedError("store");
      const bytes = store.get(hash);
      if (bytes === undefined) throw new ContentUnavailableError("store", "status 404", { retryable: true });
      return bytes;
    },
  };
  const log: Log = { info: () => {}, fault: (message) => faults.push(message) };
  judge = new ContributionJudge({
    deployment,
    datanets: [1n],
    account,
    judge: new RecordJudge({
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
      probe: {
        read: (input) => ask(input),
      },
      content,
      admissions: { licencesAt: async () => licences },
      log,
    }),
    content,
    admissions: {
      rounds: async () => [round],
      contributions: async (numbers) => numbers.flatMap((number) => committed.get(number) ?? []),
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
    // all of it on disk
    memory: { memory: 0 },
    clock: { now: () => new Date(time), sleep: async () => {} },
    log,
  });
  round = open([]);
});

function open(contributions: readonly bigint[], more: Partial<ScoringRound> = {}): ScoringRound {
  return {
    ...{ block: 40n, blockHash: pad("0xe"), logIndex: 0, round: 5n, datanet: 1n, contributions, rules: 1 },
    ...{ commitsUntil: 1400n, revealsUntil: 1800n, committed: undefined, isRevealed: false, end: undefined },
    ...more,
  };
}

function contribute(number: bigint, texts: readonly string[], { isStored = true, datanet = 1n } = {}): Contribution {
  const file: ContributionFile = {
    ...{ datanet, contributor, licence: "MIT", source: { name: "tales", version: "1" } },
    records: texts.map((text, at) => ({ path: `${at}`, text })),
  };
  const { recordsRoot, recordCount, licence, dataHash } = contributionCommitment(file);
  if (isStored) store.set(dataHash, encodeContributionFile(file));
  const made = { number, datanet, contributor: contributor as Address, recordCount, rules: 1, committedAt: 900n };
  const contribution = { ...made, recordsRoot, licence, dataHash };
  committed.set(number, contribution);
  return contribution;
}

/** What stands in the store for a contribution of which these records were erased. */
function erase(number: bigint, places: readonly number[]): void {
  const { dataHash } = committed.get(number)!;
  const redacted = redactContribution(decodeHeldContribution(store.get(dataHash)!), places);
  store.set(dataHash, encodeRedactedContribution(redacted));
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

it("compares with what is left of an earlier contribution, each record at its place", async () => {
  earlier = [{ contribution: contribute(2n, [baker, keeper]), revoked: new Set() }];
  erase(2n, [0]);
  contribute(7n, [baker, keeper, "And so it went."]);
  round = open([7n]);

  await step();

  const [admission] = admissions();
  expect(admission!.refused).toMatchObject([
    { index: 1, reasons: [{ rule: "duplicate", evidence: { of: { contribution: 2n, index: 1 } } }] },
  ]);
  expect(admission!.comparedWith).toEqual({ records: 1, unread: [] });
  expect(faults).toEqual([]);
});

it("scores nothing of which a part was erased, and goes on where all was", async () => {
  contribute(7n, [keeper, baker]);
  erase(7n, [1]);
  contribute(8n, [keeper]);
  erased.add(8n);
  round = open([7n, 8n]);

  expect(await step()).toBe(true);

  expect(kept[0]!.scores.scores).toEqual([0, 0]);
  expect(admissions().map(({ reasons }) => reasons)).toMatchObject([
    [{ rule: "file", found: "1 records that were erased", limit: "the file that was committed" }],
    [{ rule: "file", found: expect.stringContaining("which has erased this file") }],
  ]);
});

it("has no file open once a round is judged, or could not be", async () => {
  const before = openFiles();
  earlier = [{ contribution: contribute(2n, [keeper, "Of sails and of salt."]), revoked: new Set() }];
  contribute(7n, [baker, "And so it went."]);
  contribute(8n, ["Of lentils and of cumin.", "Of who carried both up the hill.", baker, baker, baker]);
  round = open([7n, 8n]);
  ask = () => Promise.reject(new Error("stopped"));

  await expect(step()).rejects.toThrow("stopped");
  expect(openFiles()).toBe(before);
  ask = async () => {
    expect(openFiles()).toBeGreaterThan(before);
    return learned;
  };
  time += 60_000;
  await step();

  expect(kept[0]!.scores.scores).toEqual([10_000, 4000]);
  expect(openFiles()).toBe(before);
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
  expect(faults.at(-1)).toMatch(/ROUND 5 MISSED/);
});

describe("a probe", () => {
  const admission = () => admissions()[0]!;

  it("is told of also where it refuses nothing", async () => {
    contribute(7n, [keeper]);
    round = open([7n]);

    await step();

    expect(admission()).toMatchObject({ score: 10_000, reasons: [], appeal: [] });
    expect(admission().probe).toEqual({
      ...{ kind: "reading", seed: 7, trainedTokens: 6000, heldOutTokens: 2000 },
      loss: { before: "4.200", after: "3.500" },
      order: { before: "0.900", after: "1.200", error: "0.050", limit: "0.200" },
      harm: { found: "0.400", error: "0.030", limit: "2.000" },
    });
  });

  it.each<[string, Partial<ProbeReading>, object]>([
    [
      "no gain",
      { refusal: "no_gain", orderAfter: { mean: -0.0001, error: 0.01 } },
      { rule: "no_gain", found: "0.000", limit: "0.200" },
    ],
    ["harm", { refusal: "harm", harm: { mean: 5.1, error: 0.2 } }, { rule: "harm", found: "5.100", limit: "2.000" }],
  ])("that finds %s refuses all of a contribution, which is earlier to nobody", async (_what, found, reason) => {
    contribute(7n, [keeper, ""]);
    contribute(8n, [keeper]);
    round = open([7n, 8n]);
    probe = { ...learned, ...found };

    await step();

    expect(kept[0]!.scores.scores).toEqual([0, 0]);
    expect(admission()).toMatchObject({ score: 0, reasons: [reason], refused: [{ index: 1 }] });
    expect(admission().appeal.map(({ way }) => way)).toEqual(["contribute_again"]);
    // the same text is no duplicate: its first contribution was refused
    expect(admissions()[1]!.refused).toEqual([]);
  });

  it("learns what no rule refuses, beside the Datanet's own earlier records, by what nobody could foresee", async () => {
    const bytes = (text: string) => new TextEncoder().encode(text);
    earlier = [
      { contribution: contribute(2n, ["A tale of tides.", "A tale that was revoked."]), revoked: new Set([1]) },
      { contribution: contribute(3n, ["Another Datanet's tale."], { datanet: 2n }), revoked: new Set() },
    ];
    contribute(7n, [keeper, "", baker]);
    contribute(8n, ["Of sails and of salt, and who carried both up the hill."]);
    round = open([7n, 8n]);

    await step();

    expect(probed).toMatchObject([
      { records: [keeper, baker].map(bytes), earlier: [bytes("A tale of tides.")], seed: probeSeed(pad("0xe"), 7n) },
      { seed: probeSeed(pad("0xe"), 8n) },
    ]);
    expect(new Set([...probed.map(({ seed }) => seed), probeSeed(pad("0xf"), 7n)]).size).toBe(3);
  });

  it.each<[string, ProbeSilence, number]>([
    ["has too little to read", { kind: "silence", because: "few_tokens", found: "30 tokens in 2 records" }, 0],
    ["fails", { kind: "silence", because: "failed", found: "the training thread failed" }, 1],
  ])("that %s has no say", async (_what, silence, faultCount) => {
    contribute(7n, [keeper]);
    round = open([7n]);
    probe = silence;

    await step();

    expect(admission()).toMatchObject({ score: 10_000, reasons: [], probe: silence });
    expect(faults).toHaveLength(faultCount);
  });

  it("of a real base refuses random hexadecimal in a round, which no other rule does", async () => {
    const modelDir = fileURLToPath(new URL("../../../engine/fixtures/llama/", import.meta.url));
    const real = new AdapterProbe({ modelDir, tokenizer: await Tokenizer.load(modelDir), context: 256 });
    ask = (input) => real.read(input);
    let block: Hex = pad("0x1");
    const drawn = Array.from({ length: 120 }, () => {
      block = keccak256(block);
      return block.slice(2);
    });
    contribute(7n, drawn);
    round = open([7n]);

    await step();

    expect(admission()).toMatchObject({ score: 0, refused: [], reasons: [{ rule: "no_gain", limit: "0.150" }] });
    expect(admission().probe).toMatchObject({ kind: "reading", seed: probeSeed(pad("0xe"), 7n) });
    expect(faults).toEqual([]);
  }, 30_000);

  it("is not asked where nothing is left to learn", async () => {
    contribute(7n, [""]);
    round = open([7n]);

    await step();

    expect([probed, admission().probe]).toEqual([[], undefined]);
  });

  it("is left out, and that is said, once commits are nearly over", async () => {
    contribute(7n, [keeper]);
    round = open([7n]);
    now = 1350n;

    await step();

    expect(probed).toEqual([]);
    expect(admission()).toMatchObject({ score: 10_000, probe: { kind: "silence", because: "out_of_time" } });
    expect(faults).toEqual([expect.stringContaining("without its probe")]);
  });
});
