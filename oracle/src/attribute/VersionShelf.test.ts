import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Runtime, Tokenizer } from "@openledger/engine";
import {
  ALL_RECORDS,
  type ContentClient,
  ContentErasedError,
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
import type { AcceptedContribution, ChainFacts, PublishedVersion } from "../store/ChainFacts.js";
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
  codes: Uint8Array.from({ length: 16 * ids.length }, (_, at) => (31 * ids[at >> 4]! + at) % 256),
});
const signal = new AbortController().signal;

let folder: string;
let contents: Map<Hex, Uint8Array>;
let erased: Set<Hex>;
let accepted: AcceptedContribution[];
let revocations: Revocation[];
let built: number;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "openledger-shelf-"));
  [contents, erased, revocations, built] = [new Map(), new Set(), [], 0];
  accepted = [1, 2].map((number) => {
    const { dataHash, ...rest } = contributionCommitment(file(number));
    contents.set(dataHash, encodeContributionFile(file(number)));
    return { contribution: BigInt(number), contributor, dataHash, ...rest };
  });
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** As after a start of the oracle. */
function newShelf(): VersionShelf {
  const version: PublishedVersion = {
    ...{ datanet: 1n, version: 1, contributionCount: 2n, recordCount: 4n },
    root: merkleRoot(domainHash("Contribution"), accepted.map(contributionLeaf)),
    revocationCount: BigInt(revocations.length),
    revocationsHash: revocationsHash(revocations),
  };
  const facts = {
    version: async () => version,
    acceptedContributions: async () => accepted,
    revocations: async () => revocations,
    committedIndex: async () => undefined,
  } as unknown as ChainFacts;
  const runtime = {
    weightsRoot: pad("0xb"),
    attributionHash: pad("0xc"),
    attribution: async () => ({ hash: pad("0xc"), base: { decoys: [rowOf([1, 2, 3])] } }),
    codes: async (ids: readonly number[]) => {
      built++;
      return rowOf(ids);
    },
  } as unknown as Runtime;
  const tokenizer = { encode: (text: string) => [...new TextEncoder().encode(text)] } as unknown as Tokenizer;
  const content = {
    get: async (hash: Hex) => {
      if (erased.has(hash)) throw new ContentErasedError("http://store");
      return contents.get(hash)!;
    },
  } as unknown as ContentClient;
  return new VersionShelf({ runtime, tokenizer, content, facts, folder, log: { info: () => {}, fault: () => {} } });
}

const ref = { datanet: 1n, version: 1 };
const redact = (at: number, places: readonly number[]) => {
  const { dataHash } = accepted[at]!;
  contents.set(dataHash, encodeRedactedContribution(redactContribution(file(at + 1), places)));
};

it.each<[string, () => void]>([
  ["a record", () => redact(1, [0])],
  ["a file", () => void erased.add(accepted[1]!.dataHash)],
])("goes on by the index that it sealed before %s was erased", async (_, erase) => {
  const before = await newShelf().get(ref, 1n, signal);
  expect(built).toBe(4);
  erase();

  const after = await newShelf().get(ref, 1n, signal);

  expect(after.index.root).toBe(before.index.root);
  expect([after.index.recordCount, after.contributors, built]).toEqual([4, before.contributors, 4]);
});

it("says which record it cannot index any more, and builds nothing of the rest", async () => {
  redact(1, [1]);

  await expect(newShelf().get(ref, 1n, signal)).rejects.toMatchObject({
    code: "content_erased",
    retryable: false,
    message: expect.stringContaining("Datanet 1 version 1: record 1 of contribution 2 was erased"),
  });
  expect([readdirSync(folder), built]).toEqual([[], 0]);
});

it("takes no index for whole that was never sealed", async () => {
  const interrupted = newShelf().get(ref, 1n, AbortSignal.abort(new Error("killed")));
  await expect(interrupted).rejects.toThrow("killed");
  redact(0, [0]);

  await expect(newShelf().get(ref, 1n, signal)).rejects.toMatchObject({ code: "content_erased" });
});

it("reads nothing of what was revoked before the version", async () => {
  revocations = [
    { contribution: 1n, index: ALL_RECORDS },
    { contribution: 2n, index: 1 },
  ];
  erased.add(accepted[0]!.dataHash);
  redact(1, [1]);

  const { index } = await newShelf().get(ref, 1n, signal);

  expect(index.recordCount).toBe(1);
});
