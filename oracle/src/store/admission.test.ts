/** What the store says of contributions and rounds, by events as they are followed, in a real database. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Devnet, startDevnet } from "@openledger/script";
import { licenceToBytes32 } from "@openledger/sdk";
import { type Address, getAddress, type Hex, numberToHex, pad } from "viem";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { eventValue, type ProtocolContract, type ProtocolEvent } from "../chain/ProtocolEvent.js";
import { AdmissionFacts, type WaitingQuery } from "./AdmissionFacts.js";
import { ChainLedger } from "./ChainLedger.js";
import { Database } from "./Database.js";
import { ScoreLedger } from "./ScoreLedger.js";

const [ours, others] = [1, 2].map((at) => getAddress(pad(numberToHex(at), { size: 20 }))) as [Address, Address];
const [MIT, GPL] = ["MIT", "GPL-3.0-only"].map(licenceToBytes32) as [Hex, Hex];

let folder: string;
let net: Devnet;
let databases = 0;
let database: Database;
let ledger: ChainLedger;
let facts: AdmissionFacts;
let scores: ScoreLedger;
let head: bigint;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "oracle-admission-"));
  net = await startDevnet({ stateDir: folder, ports: "free", services: ["postgres"] });
}, 120_000);

afterAll(async () => {
  await net?.stop();
  rmSync(folder, { recursive: true, force: true });
});

beforeEach(async () => {
  database = new Database(await net.database(`store${++databases}`), () => {});
  await database.migrate();
  ledger = new ChainLedger(database);
  facts = new AdmissionFacts(database);
  scores = new ScoreLedger(database);
  head = 0n;
});

afterEach(async () => {
  await database.close();
});

/** One more block, with these events. */
async function follow(...events: readonly (readonly [string, Readonly<Record<string, unknown>>])[]): Promise<bigint> {
  head += 1n;
  const [hash, parentHash] = [head, head - 1n].map((at) => pad(numberToHex(at)));
  const contract: ProtocolContract = "contributionRegistry";
  await ledger.apply({
    kind: "blocks",
    headers: [{ number: head, hash: hash!, parentHash }],
    events: events.map(([name, args], logIndex) => ({
      ...{ block: head, blockHash: hash!, logIndex, transactionHash: pad("0x1"), contract, name },
      args: eventValue(args) as ProtocolEvent["args"],
    })),
  });
  return head;
}

const commit = (contribution: bigint, datanet = 1n) => {
  const hash = pad(numberToHex(contribution));
  const made = {
    contribution,
    datanet,
    contributor: ours,
    recordsRoot: hash,
    recordCount: 3,
    licence: MIT,
    dataHash: hash,
  };
  return ["ContributionCommitted", { ...made, rules: 1, committedAt: 100n + contribution }] as const;
};
const accept = (contribution: bigint) => ["ContributionAccepted", { contribution }] as const;
const openRound = (round: bigint, contributions: readonly bigint[], datanet = 1n) =>
  ["RoundOpened", { round, datanet, contributions, rules: 1, commitsUntil: 50n, revealsUntil: 90n }] as const;
const numbers = (list: readonly { readonly number: bigint }[]) => list.map(({ number }) => number);

describe("contributions", () => {
  it("wait until a round takes them, somebody decides, or they are taken back", async () => {
    await follow(...[9n, 1n, 2n, 3n, 4n, 5n].map((number) => commit(number)), commit(6n, 2n));
    await follow(
      ["ContributionEnteredRound", { contribution: 1n }],
      accept(2n),
      ["ContributionRejected", { contribution: 3n }],
      ["ContributionWithdrawn", { contribution: 4n }],
    );
    await follow(commit(10n));

    const waiting = async (more: Partial<WaitingQuery>) =>
      numbers(await facts.waiting({ datanet: 1n, rules: 1, committedSince: 0n, untilBlock: 3n, limit: 10, ...more }));
    expect(await waiting({ untilBlock: 2n })).toEqual([5n, 9n]);
    expect(await waiting({ limit: 2 })).toEqual([5n, 9n]);
    expect(await waiting({})).toEqual([5n, 9n, 10n]);
    expect(await waiting({ committedSince: 109n })).toEqual([9n, 10n]);
    expect(await waiting({ rules: 2 })).toEqual([]);
    expect(await facts.rulesUsed(1n)).toEqual([1]);
    expect(await facts.rulesUsed(3n)).toEqual([]);
  });

  it("are what was committed, in the order asked for", async () => {
    await follow(commit(1n), commit(2n));

    const found = await facts.contributions([2n, 7n, 1n]);

    expect(numbers(found)).toEqual([2n, 1n]);
    expect(found[0]).toMatchObject({ datanet: 1n, recordCount: 3, rules: 1, committedAt: 102n, licence: MIT });
  });

  it("have the licences that were allowed when they were committed", async () => {
    await follow(
      ["DatanetCreated", { datanet: 1n, licences: [MIT] }],
      ["DatanetCreated", { datanet: 2n, licences: [GPL] }],
    );
    await follow(commit(1n), ["LicencesChanged", { datanet: 1n, added: [GPL], removed: [MIT] }], commit(2n));

    expect(await facts.licencesAt(1n, 1n)).toEqual([MIT]);
    expect(await facts.licencesAt(1n, 2n)).toEqual([GPL]);
  });
});

describe("earlier contributions", () => {
  it("are those of lower numbers that were accepted before the place, of all Datanets", async () => {
    await follow(commit(1n), commit(2n, 2n), commit(3n), commit(4n), commit(5n));
    await follow(accept(5n), accept(2n), accept(1n), openRound(1n, [4n]), accept(3n));

    const found = await facts.earlier(4n, { block: 2n, logIndex: 3 });

    expect(numbers(found.map(({ contribution }) => contribution))).toEqual([1n, 2n]);
  });

  it("have lost what was revoked before the place, and nothing that is revoked later", async () => {
    await follow(commit(1n), commit(2n), commit(3n), accept(1n), accept(2n));
    const revoke = (index: number) => ["RecordRevoked", { contribution: 1n, datanet: 1n, index }] as const;
    await follow(revoke(2), revoke(0), ["ContributionRevoked", { contribution: 2n, datanet: 1n }]);
    await follow(revoke(1), ["ContributionRevoked", { contribution: 1n, datanet: 1n }]);

    expect((await facts.earlier(3n, { block: 2n, logIndex: 0 })).map(({ revoked }) => [...revoked])).toEqual([[], []]);
    expect((await facts.earlier(3n, { block: 3n, logIndex: 0 })).map(({ revoked }) => [...revoked])).toEqual([[2, 0]]);
    expect(await facts.earlier(3n, { block: 4n, logIndex: 0 })).toEqual([]);
  });
});

describe("rounds", () => {
  const rounds = () => facts.rounds([1n], ours);

  it("say what the validator did in them, not what others did", async () => {
    await follow(openRound(1n, [2n, 1n]), openRound(2n, [3n]), openRound(3n, [4n], 2n));
    await follow(
      ["ScoresCommitted", { round: 1n, validator: ours, commitment: pad("0xa") }],
      ["ScoresCommitted", { round: 1n, validator: others, commitment: pad("0xb") }],
      ["ScoresRevealed", { round: 1n, validator: others, scores: [1, 2] }],
    );

    expect(await rounds()).toMatchObject([
      {
        round: 1n,
        contributions: [2n, 1n],
        committed: pad("0xa"),
        isRevealed: false,
        block: 1n,
        logIndex: 0,
        blockHash: pad("0x1"),
      },
      { round: 2n, contributions: [3n], committed: undefined, isRevealed: false, end: undefined },
    ]);
    await follow(["ScoresRevealed", { round: 1n, validator: ours, scores: [1, 2] }]);
    expect((await rounds())[0]).toMatchObject({ isRevealed: true });
  });

  it("are left when nothing is to be collected any more", async () => {
    await follow(...[1n, 2n, 3n, 4n].map((round) => openRound(round, [round])));
    const end = (round: bigint, perPoint: bigint) => ["RoundDecided", { round, accepted: 1n, perPoint }] as const;
    const reveal = (round: bigint) => ["ScoresRevealed", { round, validator: ours, scores: [1] }] as const;
    await follow(reveal(1n), reveal(2n), end(1n, 5n), end(2n, 0n), end(3n, 5n), ["RoundReferred", { round: 4n }]);

    expect(await rounds()).toMatchObject([{ round: 1n, end: { kind: "decided", accepted: 1n, perPoint: 5n } }]);
    await follow(["RewardCollected", { round: 1n, validator: others }]);
    expect(await rounds()).toHaveLength(1);
    await follow(["RewardCollected", { round: 1n, validator: ours }]);
    expect(await rounds()).toEqual([]);
  });
});

describe("scores", () => {
  const now = new Date(0);
  const kept = (round: bigint, commitment: Hex) => ({
    ...{ commitment, round, contributionsHash: pad("0x7"), scores: [10_000, 0], salt: pad("0x5") },
  });
  const told = (text: string) => [{ datanet: 1n, contribution: 2n ** 63n, toldFrom: 2n ** 63n, text }];

  it("are found by round and by commitment, and stay as they were first kept", async () => {
    await scores.keep(kept(1n, pad("0xa")), told("first"), now);
    await scores.keep(kept(1n, pad("0xb")), told("second"), now);

    expect(await scores.ofRound(1n, pad("0x7"))).toEqual(kept(1n, pad("0xa")));
    expect(await scores.ofCommitment(pad("0xa"))).toEqual(kept(1n, pad("0xa")));
    expect(await scores.ofCommitment(pad("0xb"))).toBeUndefined();
    expect(await scores.ofRound(1n, pad("0x8"))).toBeUndefined();
    expect(await scores.admission(1n, 2n ** 63n)).toEqual(told("first")[0]);
  });

  it("outlive a reorganisation", async () => {
    await follow(openRound(1n, [1n]));
    await scores.keep(kept(1n, pad("0xa")), told("first"), now);

    await ledger.apply({ kind: "reorganisation", ancestor: 0n, newest: head });

    expect(await scores.ofCommitment(pad("0xa"))).toEqual(kept(1n, pad("0xa")));
  });

  it("are explained by the newest round", async () => {
    await scores.keep(kept(10n, pad("0xa")), told("tenth"), now);
    await scores.keep(kept(9n, pad("0xb")), told("ninth"), now);

    expect((await scores.admission(1n, 2n ** 63n))!.text).toBe("tenth");
    expect(await scores.admission(2n, 2n ** 63n)).toBeUndefined();
  });
});
