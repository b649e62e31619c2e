import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { publishIndex, type Runtime, TokenFile, type Tokenizer, tombstoneIndex } from "@openledger/engine";
import {
  ALL_RECORDS,
  type ContentClient,
  ContentErasedError,
  contentHash,
  contributionCommitment,
  contributionLeaf,
  domainHash,
  encodeContributionFile,
  encodeRedactedContribution,
  merkleRoot,
  type Revocation,
  redactContribution,
  revocationsHash,
} from "@openledger/sdk";
import { type Address, type Hex, pad } from "viem";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type {
  AcceptedContribution,
  ChainFacts,
  IndexCommitment,
  PublishedVersion,
  VersionRef,
} from "../store/ChainFacts.js";
import { VersionShelf } from "./VersionShelf.js";

const contributor: Address = `0x${"a".repeat(40)}`;
const TALES = ["the keeper and the storm", "a baker's cat", "ships that turned north", "five cold lamps"];
const file = (number: number) => ({
  ...{ datanet: 1n, contributor, licence: "MIT", source: { name: "tales", version: "1" } },
  records: [0, 1].map((i) => ({ path: `${i}`, text: TALES[2 * (number - 1) + i]! })),
});
const rowOf = (ids: readonly number[]) => ({
  ids: Uint32Array.from(ids),
  surprises: new Uint8Array(ids.length).fill(9),
  codes: Uint8Array.from({ length: 16 * ids.length }, (_, at) => (31 * ids[at >> 4]! + at + salt) % 256),
});
const signal = new AbortController().signal;

let folder: string;
let contents: Map<Hex, Uint8Array>;
let erased: Set<Hex>;
let accepted: AcceptedContribution[];
let revocations: Revocation[];
let committed: IndexCommitment | undefined;
let faults: string[];
let built: number;
/** Told the number of each pass of the base. */
let onPass: (pass: number) => void;
/** How many contributions and revocations a version has, where that is not all of them. */
let counts: Map<number, readonly [contributions: number, revocations: number]>;
/** What codes are of, beside tokens. */
let salt: number;
/** What is added to a text's tokens. */
let shift: number;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "openledger-shelf-"));
  [contents, erased, revocations, faults, counts] = [new Map(), new Set(), [], [], new Map()];
  [committed, built, salt, shift] = [undefined, 0, 0, 0];
  onPass = () => {};
  accepted = [];
  for (const number of [1, 2]) accept(file(number));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

function accept(contribution: ReturnType<typeof file>): void {
  const { dataHash, ...rest } = contributionCommitment(contribution);
  contents.set(dataHash, encodeContributionFile(contribution));
  accepted.push({ contribution: BigInt(accepted.length + 1), contributor, dataHash, ...rest });
}

function published(version: number): PublishedVersion {
  const [contributions, revoked] = counts.get(version) ?? [accepted.length, revocations.length];
  const of = accepted.slice(0, contributions);
  return {
    ...{ datanet: 1n, version, contributionCount: BigInt(contributions), revocationCount: BigInt(revoked) },
    recordCount: of.reduce((sum, { recordCount }) => sum + BigInt(recordCount), 0n),
    root: merkleRoot(domainHash("Contribution"), of.map(contributionLeaf)),
    revocationsHash: revocationsHash(revocations.slice(0, revoked)),
  };
}

/** As after a start of the oracle. */
function newShelf(where = folder): VersionShelf {
  const facts = {
    version: async ({ version }: VersionRef) => published(version),
    acceptedContributions: async (_: bigint, count: bigint) => accepted.slice(0, Number(count)),
    revocations: async (_: bigint, count: bigint) => revocations.slice(0, Number(count)),
    committedIndex: async () => committed,
  } as unknown as ChainFacts;
  const runtime = {
    weightsRoot: pad("0xb"),
    attributionHash: pad("0xc"),
    attribution: async () => ({ hash: pad("0xc"), base: { decoys: [rowOf([1, 2, 3])] } }),
    codes: async (ids: readonly number[]) => {
      onPass(++built);
      return rowOf(ids);
    },
  } as unknown as Runtime;
  const tokenizer = {
    encode: (text: string) => [...new TextEncoder().encode(text)].map((byte) => byte + shift),
  } as unknown as Tokenizer;
  const content = {
    get: async (hash: Hex) => {
      if (erased.has(hash)) throw new ContentErasedError("http://store");
      return contents.get(hash)!;
    },
  } as unknown as ContentClient;
  return new VersionShelf({
    runtime,
    tokenizer,
    content,
    facts,
    folder: where,
    log: { info: () => {}, fault: (message) => faults.push(message) },
  });
}

/** What an owner commits to who builds this shelf's index elsewhere, without some of its records. */
async function publishOf(shelf: VersionShelf, erasedRecords: readonly number[] = []): Promise<IndexCommitment> {
  const { root } = (await versionOf(shelf)).index;
  let path = join(folder, readdirSync(folder)[0]!);
  if (erasedRecords.length > 0) {
    (await tombstoneIndex(path, erasedRecords, join(folder, "target"))).close();
    path = join(folder, "target");
  }
  const { dataHash } = await publishIndex(path, {
    put: async (bytes) => {
      contents.set(contentHash(bytes), bytes.slice());
      return { hash: contentHash(bytes) };
    },
  });
  for (const name of readdirSync(folder)) rmSync(join(folder, name), { recursive: true });
  built = 0;
  return { root, dataHash };
}

const ref = { datanet: 1n, version: 1 };
/** One that stays open: its shelf drops none. */
const versionOf = (shelf: VersionShelf, until = signal, version = 1) =>
  shelf.use([{ ...ref, version }], 1n, until, async ([found]) => found!);
const redact = (at: number, places: readonly number[]) => {
  const { dataHash } = accepted[at]!;
  contents.set(dataHash, encodeRedactedContribution(redactContribution(file(at + 1), places)));
};

it.each<[string, () => void]>([
  ["a record", () => redact(1, [0])],
  ["a file", () => void erased.add(accepted[1]!.dataHash)],
])("goes on by the index that it sealed before %s was erased", async (_, erase) => {
  const before = await versionOf(newShelf());
  expect(built).toBe(4);
  erase();

  const after = await versionOf(newShelf());

  expect(after.index.root).toBe(before.index.root);
  expect([after.index.recordCount, built]).toEqual([4, 4]);
  expect([0, 1, 2, 3, 4].map((record) => after.contributors.at(record))).toEqual([
    ...Array(4).fill(contributor),
    undefined,
  ]);
  expect(before.contributors).toHaveLength(4);
});

it("gives the disk space of tokens back, whether or not an index came of them", async () => {
  const closed = vi.spyOn(TokenFile.prototype, "close");
  await versionOf(newShelf());
  expect(closed).toHaveBeenCalledTimes(1);
  redact(1, [1]);
  rmSync(folder, { recursive: true });

  await expect(versionOf(newShelf())).rejects.toMatchObject({ code: "content_erased" });
  expect(closed).toHaveBeenCalledTimes(2);
  closed.mockRestore();
});

it("says that there is nothing to go by where no index was committed", async () => {
  redact(1, [1]);

  await expect(versionOf(newShelf())).rejects.toMatchObject({
    code: "content_erased",
    retryable: true,
    message: expect.stringContaining("Datanet 1 version 1: record 3 was erased before it was indexed here"),
  });
  expect([readdirSync(folder), built]).toEqual([[], 0]);
});

it("takes no index for whole that was never sealed", async () => {
  const interrupted = versionOf(newShelf(), AbortSignal.abort(new Error("killed")));
  await expect(interrupted).rejects.toThrow("killed");
  redact(0, [0]);

  await expect(versionOf(newShelf())).rejects.toMatchObject({ code: "content_erased" });
});

it("goes by the committed index where its own texts do not say otherwise, which it looks at once", async () => {
  committed = await publishOf(newShelf());
  redact(1, [1]);

  const version = await versionOf(newShelf());
  expect([version.index.root, built, faults]).toEqual([committed.root, 3, []]);
  expect(version.index.row(3).ids.length).toBeGreaterThan(0);

  expect((await versionOf(newShelf())).index.root).toBe(committed.root);
  expect(built).toBe(3);
});

it.each<[string, string, () => Promise<IndexCommitment>]>([
  [
    "other codes than a text gives",
    "other codes of record 0",
    async () => {
      salt = 1;
      const published = await publishOf(newShelf());
      salt = 0;
      return published;
    },
  ],
  [
    "other tokens of the same codes",
    "other codes of record 0",
    async () => {
      [shift, salt] = [1, -31];
      const published = await publishOf(newShelf());
      [shift, salt] = [0, 0];
      return published;
    },
  ],
  [
    "another number of records",
    "3 records, not 4",
    async () => {
      revocations = [{ contribution: 2n, index: 1 }];
      const published = await publishOf(newShelf());
      revocations = [];
      return published;
    },
  ],
  ["another root", "root 0x", async () => ({ ...(await publishOf(newShelf())), root: pad("0x1") })],
])("goes by no committed index of %s: receipts by it are false", async (_, found, publish) => {
  committed = await publish();
  redact(1, [1]);

  const { index } = await versionOf(newShelf());

  expect(index.root).not.toBe(committed.root);
  expect([index.recordCount, index.row(3).ids.length]).toEqual([4, 0]);
  expect(faults[0]).toContain(found);
});

it("says that nobody can check answers once the committed index has lost the record too", async () => {
  committed = await publishOf(newShelf(), [3]);
  redact(1, [1]);

  await expect(versionOf(newShelf())).rejects.toMatchObject({
    code: "content_erased",
    retryable: false,
    message: expect.stringContaining("1 records erased from index"),
  });
});

it("reads nothing of what was revoked before the version", async () => {
  revocations = [
    { contribution: 1n, index: ALL_RECORDS },
    { contribution: 2n, index: 1 },
  ];
  erased.add(accepted[0]!.dataHash);
  redact(1, [1]);

  const { index } = await versionOf(newShelf());

  expect(index.recordCount).toBe(1);
});

it("takes the committed index in the place of one that the disk altered, and keeps in mind what is gone", async () => {
  committed = await publishOf(newShelf());
  await versionOf(newShelf());
  const [name] = readdirSync(folder);
  const segment = readdirSync(join(folder, name!)).find((one) => one.endsWith(".segment"))!;
  writeFileSync(join(folder, name!, segment), "altered");
  redact(1, [1]);

  expect((await versionOf(newShelf())).index.root).toBe(committed.root);
  expect(faults[0]).toContain("is damaged");

  contents.delete(committed.dataHash);
  erased.add(committed.dataHash);
  rmSync(folder, { recursive: true });
  const shelf = newShelf();
  const gone = { code: "content_erased", retryable: false, message: expect.stringContaining("erased too") };
  await expect(versionOf(shelf)).rejects.toMatchObject(gone);
  const { dataHash } = accepted[0]!;
  contents.delete(dataHash);
  await expect(versionOf(shelf)).rejects.toMatchObject(gone);
});

it("closes what it drops, but not under somebody's hands", async () => {
  const shelf = newShelf();
  const use = (version: number) => shelf.use([{ datanet: 1n, version }], 1n, signal, async ([found]) => found!.index);
  const first = await use(1);
  let [isOpen, goOn] = [() => {}, () => {}];
  const [opened, released] = [
    new Promise<void>((resolve) => {
      isOpen = resolve;
    }),
    new Promise<void>((resolve) => {
      goOn = resolve;
    }),
  ];
  const working = shelf.use([{ datanet: 1n, version: 2 }], 1n, signal, async ([found]) => {
    isOpen();
    await released;
    expect(found!.index.row(0).ids.length).toBeGreaterThan(0);
    return found!.index;
  });
  await opened;
  for (let version = 3; version <= 10; version++) await use(version);

  expect(() => first.row(0)).toThrow();
  goOn();
  const second = await working;
  await vi.waitFor(() => expect(() => second.row(0)).toThrow());
  expect((await use(10)).row(0).ids.length).toBeGreaterThan(0);
});

describe("a version behind others", () => {
  const sealedBefore = () => readdirSync(folder).map((name) => join(folder, name));
  const segmentIn = (path: string) => join(path, readdirSync(path).find((name) => name.endsWith(".segment"))!);

  /** How often the base is asked for a version, whose index is that of an oracle that has no other. */
  async function passesFor(version: number, shelf = newShelf()): Promise<number> {
    built = 0;
    const { index } = await versionOf(shelf, signal, version);
    const passes = built;
    const alone = mkdtempSync(join(tmpdir(), "openledger-shelf-"));
    expect(index.root).toBe((await versionOf(newShelf(alone), signal, version)).index.root);
    rmSync(alone, { recursive: true });
    return passes;
  }

  /** Records of their own, none like another. */
  const many = (count: number) => ({
    ...file(1),
    records: Array.from({ length: count }, (_, i) => ({ path: `${i}`, text: contentHash(Uint8Array.of(i, i >> 8)) })),
  });

  it("asks the base for what no earlier one has: new records, and a copy whose original is gone", async () => {
    accept({ ...file(2), records: [{ path: "0", text: TALES[0]! }] });
    accept({ ...file(2), records: [{ path: "0", text: "salt on the window" }] });
    counts.set(1, [3, 0]).set(2, [4, 2]).set(3, [4, 2]);
    revocations = [
      { contribution: 1n, index: 0 },
      { contribution: 2n, index: ALL_RECORDS },
      { contribution: 4n, index: 0 },
    ];

    const shelf = newShelf();
    expect(await passesFor(1, shelf)).toBe(4);
    expect(await passesFor(2, shelf)).toBe(2);
    // of equal records there is one folder, and of fewer nothing is new
    expect(await passesFor(3, shelf)).toBe(0);
    expect(await passesFor(4, shelf)).toBe(0);
    expect([readdirSync(folder).length, faults]).toEqual([3, []]);
  });

  it("takes rows of one that was cut short where it has more than the newest that is sealed", async () => {
    accept(many(200));
    accept({ ...file(2), records: [{ path: "0", text: "salt on the window" }] });
    counts.set(1, [2, 0]).set(2, [3, 0]).set(3, [4, 0]);
    await versionOf(newShelf());
    const stopping = new AbortController();
    onPass = (pass) => pass === 4 + 150 && stopping.abort(new Error("killed"));
    await expect(versionOf(newShelf(), stopping.signal, 2)).rejects.toThrow("killed");

    // 128 of the 200 were written
    expect(await passesFor(3)).toBe(200 - 128 + 1);
  });

  it("takes nothing of what the disk altered, and says so", async () => {
    accept({ ...file(2), records: [{ path: "0", text: "salt on the window" }] });
    counts.set(1, [2, 0]).set(2, [3, 0]).set(3, [3, 1]).set(4, [3, 2]);
    revocations = [
      { contribution: 2n, index: 1 },
      { contribution: 2n, index: 0 },
    ];
    await versionOf(newShelf());
    const [path] = sealedBefore();
    const bytes = readFileSync(segmentIn(path!));
    bytes[bytes.length >> 1]! ^= 1;
    writeFileSync(segmentIn(path!), bytes);

    expect(await passesFor(2)).toBe(5);
    expect(faults).toEqual([`${path} is damaged, what it held is computed again`]);

    for (const one of sealedBefore()) {
      const manifest = join(one, "index.json");
      writeFileSync(manifest, readFileSync(manifest, "utf8").replace(/"records": (\d+)/, '"records": 1$1'));
    }
    faults = [];
    expect(await passesFor(3)).toBe(4);
    expect(faults).toEqual([expect.stringMatching(/is damaged, what it held is computed again$/)]);

    for (const one of sealedBefore()) writeFileSync(join(one, "index.json"), "{");
    faults = [];
    expect(await passesFor(4)).toBe(3);
    expect(faults).toEqual(Array(3).fill(expect.stringContaining("is not taken from")));
  });
});
