import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Runtime, RuntimeError, type Tokenizer } from "@openledger/engine";
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
import { afterEach, beforeEach, expect, it } from "vitest";
import type { AcceptedContribution, ChainFacts, PublishedVersion, VersionRef } from "../store/ChainFacts.js";
import { IndexAhead } from "./IndexAhead.js";
import { VersionShelf } from "./VersionShelf.js";

const contributor: Address = `0x${"a".repeat(40)}`;
const signal = new AbortController().signal;

let folder: string;
let contents: Map<Hex, Uint8Array>;
let erased: Set<Hex>;
let accepted: AcceptedContribution[];
let revocations: Revocation[];
/** How many contributions and revocations each version has. */
let versions: (readonly [contributions: number, revocations: number])[];
let faults: string[];
let passes: number;
/** How often accepted contributions were asked for. */
let looks: number;
let onPass: (pass: number) => void;
let now: number;
/** Milliseconds until the store says that it does not have a file. */
let storeMs: number;
let ahead: IndexAhead;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "openledger-ahead-"));
  [contents, erased, accepted, revocations, versions, faults] = [new Map(), new Set(), [], [], [], []];
  [passes, looks, onPass, now, storeMs] = [0, 0, () => {}, 0, 0];
  ahead = newAhead();
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

const filesOf = new Map<Hex, Parameters<typeof contributionCommitment>[0]>();

function accept(...texts: string[]): Hex {
  const file = {
    ...{ datanet: 1n, contributor, licence: "MIT", source: { name: "tales", version: "1" } },
    records: texts.map((text, i) => ({ path: `${i}`, text })),
  };
  const { dataHash, ...rest } = contributionCommitment(file);
  contents.set(dataHash, encodeContributionFile(file));
  filesOf.set(dataHash, file);
  accepted.push({ contribution: BigInt(accepted.length + 1), contributor, dataHash, ...rest });
  return dataHash;
}

/** Texts of which none is like another. */
const many = (count: number) => Array.from({ length: count }, (_, i) => contentHash(Uint8Array.of(i, i >> 8)));

function published(version: number): PublishedVersion | undefined {
  if (versions[version - 1] === undefined) return undefined;
  const [contributions, revoked] = versions[version - 1]!;
  const of = accepted.slice(0, contributions);
  return {
    ...{ datanet: 1n, version, contributionCount: BigInt(contributions), revocationCount: BigInt(revoked) },
    recordCount: of.reduce((sum, { recordCount }) => sum + BigInt(recordCount), 0n),
    root: merkleRoot(domainHash("Contribution"), of.map(contributionLeaf)),
    revocationsHash: revocationsHash(revocations.slice(0, revoked)),
  };
}

function publish(): number {
  return versions.push([accepted.length, revocations.length]);
}

/** As after a start of the oracle. */
function deps(where = folder) {
  const facts = {
    models: async () => [{ versions: [{ datanet: 1n, version: 1 }] }],
    version: async ({ version }: VersionRef) => published(version),
    acceptedContributions: async (_: bigint, count: bigint, from = 0n) => {
      looks++;
      return accepted.slice(Number(from), Number(count));
    },
    revocations: async (_: bigint, count = 2n ** 32n) => revocations.slice(0, Number(count)),
    committedIndex: async () => undefined,
  } as unknown as ChainFacts;
  const rowOf = (ids: readonly number[]) => ({
    ids: Uint32Array.from(ids),
    surprises: new Uint8Array(ids.length).fill(9),
    codes: Uint8Array.from({ length: 16 * ids.length }, (_, at) => (31 * ids[at >> 4]! + at) % 256),
  });
  const runtime = {
    weightsRoot: pad("0xb"),
    attributionHash: pad("0xc"),
    attribution: async () => ({ hash: pad("0xc"), base: { decoys: [rowOf([1, 2, 3])] } }),
    codes: async (ids: readonly number[], options: { signal: AbortSignal }) => {
      onPass(++passes);
      if (options.signal.aborted) throw new RuntimeError("aborted", "stopped");
      return rowOf(ids);
    },
  } as unknown as Runtime;
  const tokenizer = { encode: (text: string) => [...new TextEncoder().encode(text)] } as unknown as Tokenizer;
  const content = {
    get: async (hash: Hex) => {
      if (erased.has(hash)) throw new ContentErasedError("http://store");
      const found = contents.get(hash);
      if (found === undefined) {
        now += storeMs;
        throw new Error("store down");
      }
      return found;
    },
  } as unknown as ContentClient;
  const log = { info: () => {}, fault: (message: string) => faults.push(message) };
  return { runtime, tokenizer, content, facts, folder: where, clock: { now: () => new Date(now) }, log };
}

const newAhead = () => new IndexAhead(deps());

/** Root of a version's index, and how often the base was asked. */
async function indexed(version: number, where = folder) {
  passes = 0;
  const root = await new VersionShelf(deps(where)).use([{ datanet: 1n, version }], 1n, signal, async ([found]) => {
    return found!.index.root;
  });
  return { root, passes };
}

/** As `indexed`; the index is that of an oracle that has nothing else. */
async function passesFor(version: number): Promise<number> {
  const found = await indexed(version);
  const alone = mkdtempSync(join(tmpdir(), "openledger-ahead-"));
  expect(found.root).toBe((await indexed(version, alone)).root);
  rmSync(alone, { recursive: true });
  return found.passes;
}

async function workedOff(): Promise<number> {
  passes = 0;
  while (await ahead.step(signal));
  return passes;
}

const aheadFolders = () => readdirSync(folder).filter((name) => name.includes("-ahead"));
const segmentsIn = (path: string) => readdirSync(path).filter((name) => name.endsWith(".segment"));

/** Whether a text's tokens, its bytes at three each, lie in any segment. */
function isKept(text: string): boolean {
  const tokens = Buffer.from([...new TextEncoder().encode(text)].flatMap((byte) => [byte, 0, 0]));
  const segments = readdirSync(folder).flatMap((name) =>
    segmentsIn(join(folder, name)).map((file) => join(name, file)),
  );
  return segments.some((file) => readFileSync(join(folder, file)).includes(tokens));
}

/** As another machine's process leaves it, of which nobody can tell whether it lives. */
function lock(name: string): void {
  mkdirSync(join(folder, name), { recursive: true });
  writeFileSync(join(folder, name, "lock"), JSON.stringify({ pid: 1, start: null, host: "elsewhere", since: "now" }));
}

it("asks the base for what is accepted behind the newest version, which the next one takes", async () => {
  accept("the keeper and the storm", "a baker's cat");
  publish();
  await indexed(1);
  accept("ships that turned north", "a baker's cat");
  accept("five cold lamps", "");
  accept("x".repeat(300));

  // a copy is asked for in vain, what is empty or too long is not
  expect(await workedOff()).toBe(3);
  now += 60_000;
  expect(await workedOff()).toBe(0);
  publish();
  expect(await passesFor(2)).toBe(0);
  expect(aheadFolders()).toHaveLength(3);

  accept("salt on the window");
  now += 60_000;
  expect(await workedOff()).toBe(1);
  expect(aheadFolders()).toHaveLength(1);
  revocations.push({ contribution: 1n, index: 1 }, { contribution: 3n, index: 0 });
  accept("a lantern in the fog");
  publish();
  // the copy of what is revoked was indexed ahead behind the first version, whose rows are gone
  expect(await passesFor(3)).toBe(2);
  now += 60_000;
  expect(await workedOff()).toBe(0);
  expect([aheadFolders(), faults]).toEqual([[], []]);
});

it("does nothing behind a version that is not indexed here, and looks again after a while only", async () => {
  accept("the keeper and the storm");
  publish();
  accept("ships that turned north");
  expect(await workedOff()).toBe(0);
  expect(readdirSync(folder)).toEqual([]);

  await indexed(1);
  expect(await workedOff()).toBe(0);
  now += 60_000;
  expect(await workedOff()).toBe(1);

  // the second version is not indexed yet: what lies behind the first is still wanted
  publish();
  accept("five cold lamps");
  now += 60_000;
  expect(await workedOff()).toBe(0);
  expect(aheadFolders()).toHaveLength(1);
});

it("keeps what was computed when it has to give way, and goes on behind it", async () => {
  accept("the keeper and the storm");
  publish();
  await indexed(1);
  accept("ships that turned north");
  accept(...many(200));
  const ending = new AbortController();
  passes = 0;
  onPass = (pass) => pass === 151 && ending.abort();
  await expect(ahead.step(ending.signal)).rejects.toMatchObject({ code: "aborted" });

  ahead = newAhead();
  expect(await workedOff()).toBe(201 - 150);
  publish();
  expect(await passesFor(2)).toBe(0);
});

it("reads the chain once for all that waits, and again after a minute", async () => {
  accept("the keeper and the storm");
  publish();
  await indexed(1);
  for (const text of many(30)) accept(text);
  looks = 0;
  expect([await workedOff(), looks]).toEqual([30, 2]);

  accept(...many(100));
  now += 60_000;
  onPass = () => {
    now += 1000;
  };
  looks = 0;
  expect([await workedOff(), looks]).toEqual([100, 3]);
});

it("leaves out what was erased, and says once what it cannot read, which keeps nothing behind it waiting", async () => {
  accept("the keeper and the storm");
  publish();
  await indexed(1);
  erased.add(accept("ships that turned north", "a baker's cat"));
  const missing = [accept("a lantern in the fog"), accept("a kite")];
  const bytes = missing.map((hash) => contents.get(hash)!);
  for (const hash of missing) contents.delete(hash);
  const redacted = accept("five cold lamps", "salt on the window");
  contents.set(redacted, encodeRedactedContribution(redactContribution(filesOf.get(redacted)!, [0])));

  expect(await workedOff()).toBe(1);
  now += 60_000;
  expect(await workedOff()).toBe(0);
  expect(faults).toEqual(["Contribution 3 is not indexed ahead of its version, nor are 1 others"]);

  for (const [i, hash] of missing.entries()) contents.set(hash, bytes[i]!);
  now += 60_000;
  expect(await workedOff()).toBe(2);
  revocations.push({ contribution: 2n, index: 0 }, { contribution: 2n, index: 1 }, { contribution: 5n, index: 0 });
  publish();
  expect(await passesFor(2)).toBe(0);
});

it("reads last what cost it its time in vain", async () => {
  accept("the keeper and the storm");
  publish();
  await indexed(1);
  contents.delete(accept("ships that turned north"));
  accept("five cold lamps");
  storeMs = 60_000;

  expect(await workedOff()).toBe(0);
  now += 60_000;
  expect(await workedOff()).toBe(1);
});

it("asks for nothing that was revoked, and keeps no text of it", async () => {
  accept("the keeper and the storm");
  publish();
  await indexed(1);
  accept("my secret text", "a baker's cat");
  const withdrawn = accept("another secret");
  accept("ships that turned north");
  revocations.push({ contribution: 4n, index: ALL_RECORDS });
  expect(await workedOff()).toBe(3);
  expect([isKept("my secret text"), isKept("another secret"), isKept("ships")]).toEqual([true, true, false]);

  revocations.push({ contribution: 2n, index: 0 }, { contribution: 3n, index: ALL_RECORDS });
  erased.add(withdrawn);
  ahead = newAhead();
  now += 60_000;
  // of the contribution that lost one record the others' rows are made again
  expect(await workedOff()).toBe(1);
  expect([isKept("my secret text"), isKept("another secret"), isKept("a baker's cat")]).toEqual([false, false, true]);
  publish();
  expect(await passesFor(2)).toBe(0);
});

it("takes rows of what lost a record since", async () => {
  accept("the keeper and the storm");
  publish();
  await indexed(1);
  accept("ships that turned north", "a baker's cat", "five cold lamps");
  await workedOff();
  revocations.push({ contribution: 2n, index: 1 });
  publish();

  expect(await passesFor(2)).toBe(0);
});

it("goes on after a reorganisation, and removes what the chain knows no longer", async () => {
  accept("the keeper and the storm");
  publish();
  await indexed(1);
  accept("ships that turned north");
  accept("a baker's cat");
  accept("five cold lamps");
  await workedOff();
  const [first, , ...others] = accepted.splice(0);
  accepted.push(first!, ...others.reverse());
  accept("salt on the window");
  now += 60_000;

  expect(await workedOff()).toBe(1);
  expect([aheadFolders().length, isKept("ships that turned north")]).toEqual([3, false]);
  publish();
  expect(await passesFor(2)).toBe(0);

  accept("a lantern in the fog");
  now += 60_000;
  expect(await workedOff()).toBe(1);
  versions.pop();
  accepted.splice(1);
  mkdirSync(join(folder, "0x00-ahead.removed"));
  // somebody's own
  mkdirSync(join(folder, "what-lies-ahead"));
  now += 60_000;
  expect(await workedOff()).toBe(0);
  expect([aheadFolders(), faults]).toEqual([["what-lies-ahead"], []]);
});

it("says once what another process writes to, and goes on beside it", async () => {
  accept("the keeper and the storm");
  publish();
  await indexed(1);
  accept("ships that turned north");
  accept("five cold lamps");
  await workedOff();
  const [name] = aheadFolders();
  rmSync(join(folder, name!), { recursive: true });
  for (const locked of [name!, "0x00-ahead"]) lock(locked);
  accept("a baker's cat");

  for (let look = 0; look < 2; look++) {
    now += 60_000;
    expect(await workedOff()).toBe(look === 0 ? 1 : 0);
  }
  expect(faults.sort()).toEqual(["0x00-ahead", name].map((one) => `${join(folder, one!)} is left as it is`).sort());
});

it("indexes no more than so many records ahead", async () => {
  accept("the keeper and the storm");
  publish();
  await indexed(1);
  accept("ships that turned north");
  accepted.push({ ...accepted[1]!, contribution: 3n, recordCount: 2 ** 17 });

  expect([await workedOff(), faults]).toEqual([1, []]);
});

it("begins anew where the disk altered what was indexed ahead", async () => {
  accept("the keeper and the storm");
  publish();
  await indexed(1);
  accept(...many(3));
  const ending = new AbortController();
  passes = 0;
  onPass = (pass) => pass === 2 && ending.abort();
  await expect(ahead.step(ending.signal)).rejects.toMatchObject({ code: "aborted" });
  const [name] = aheadFolders();
  const alter = () => writeFileSync(join(folder, name!, segmentsIn(join(folder, name!))[0]!), "altered");
  alter();

  expect(await workedOff()).toBe(3);
  expect(faults).toEqual([`${join(folder, name!)} is damaged and is built again`]);

  alter();
  faults = [];
  publish();
  expect(await passesFor(2)).toBe(3);
  expect(faults).toEqual([`${join(folder, name!)} is damaged, what it held is computed again`]);
});
