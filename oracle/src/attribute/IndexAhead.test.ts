import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Runtime, RuntimeError, type Tokenizer } from "@openledger/engine";
import {
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
let onPass: (pass: number) => void;
let now: number;
let ahead: IndexAhead;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "openledger-ahead-"));
  [contents, erased, accepted, revocations, versions, faults] = [new Map(), new Set(), [], [], [], []];
  [passes, onPass, now] = [0, () => {}, 0];
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
    acceptedContributions: async (_: bigint, count: bigint, from = 0n) => accepted.slice(Number(from), Number(count)),
    revocations: async (_: bigint, count: bigint) => revocations.slice(0, Number(count)),
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
      if (found === undefined) throw new Error("store down");
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
  expect(aheadFolders()).toHaveLength(1);

  accept("salt on the window");
  now += 60_000;
  expect(await workedOff()).toBe(1);
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
  expect(await ahead.step(ending.signal)).toBe(true);
  await expect(ahead.step(ending.signal)).rejects.toMatchObject({ code: "aborted" });

  ahead = newAhead();
  expect(await workedOff()).toBe(201 - 150);
  publish();
  expect(await passesFor(2)).toBe(0);
});

it("leaves out what was erased, and says once what it cannot read", async () => {
  accept("the keeper and the storm");
  publish();
  await indexed(1);
  erased.add(accept("ships that turned north", "a baker's cat"));
  const redacted = accept("five cold lamps", "salt on the window");
  contents.set(redacted, encodeRedactedContribution(redactContribution(filesOf.get(redacted)!, [0])));
  const missing = accept("a lantern in the fog");
  const bytes = contents.get(missing)!;
  contents.delete(missing);

  expect(await workedOff()).toBe(1);
  now += 60_000;
  expect(await workedOff()).toBe(0);
  expect(faults).toEqual(["Contribution 4 is not indexed ahead of its version"]);

  contents.set(missing, bytes);
  now += 60_000;
  expect(await workedOff()).toBe(1);
  revocations.push({ contribution: 2n, index: 0 }, { contribution: 2n, index: 1 }, { contribution: 3n, index: 0 });
  publish();
  expect(await passesFor(2)).toBe(0);
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
  accept("ships that turned north");
  await workedOff();
  const [name] = aheadFolders();
  const segment = readdirSync(join(folder, name!)).find((file) => file.endsWith(".segment"))!;
  writeFileSync(join(folder, name!, segment), "altered");
  accept("five cold lamps");

  now += 60_000;
  expect(await workedOff()).toBe(2);
  expect(faults).toEqual([`${join(folder, name!)} is damaged and is built again`]);
});
