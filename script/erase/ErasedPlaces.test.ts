import {
  ContentErasedError,
  type Contribution,
  type ContributionFile,
  contentHash,
  contributionCommitment,
  encodeContributionFile,
  encodeRedactedContribution,
  redactContribution,
} from "@openledger/sdk";
import type { Hex } from "viem";
import { beforeEach, expect, it } from "vitest";
import { ErasedPlaces } from "./ErasedPlaces.js";

const CONTRIBUTOR = "0x00000000000000000000000000000000000000aA";
const OTHER = "0x00000000000000000000000000000000000000bB";
const fileOf = (...texts: string[]): ContributionFile => ({
  datanet: 3n,
  contributor: CONTRIBUTOR,
  licence: "MIT",
  source: { name: "diary", version: "1" },
  records: texts.map((text, at) => ({ path: `${at}.md`, text })),
});
const commit = (number: bigint, file: ContributionFile): Contribution => ({
  number,
  datanet: 3n,
  contributor: CONTRIBUTOR,
  rules: 1,
  committedAt: 1n,
  ...contributionCommitment(file),
});

const diary = fileOf("Monday", "Tuesday", "Wednesday");
const [first, second] = [commit(1n, diary), commit(2n, fileOf("rain", "sun"))];
/** What the store answers; undefined: it was erased. */
let files: Map<Hex, Uint8Array | undefined>;
let asked: Hex[];
const content = {
  get: async (hash: Hex) => {
    asked.push(hash);
    const file = files.get(hash);
    if (file === undefined) throw new ContentErasedError("http://store");
    return file;
  },
};
let places: ErasedPlaces;

beforeEach(() => {
  files = new Map([
    [first.dataHash, encodeContributionFile(diary)],
    [second.dataHash, undefined],
  ]);
  asked = [];
  places = new ErasedPlaces(content, new AbortController().signal);
});

it("counts places in the version, of each contribution asked for once", async () => {
  files.set(first.dataHash, encodeRedactedContribution(redactContribution(diary, [0, 2])));

  expect(await places.inVersion([first], [])).toEqual({ recordCount: 3, erased: [0, 2] });
  const revoked = [{ contribution: 1n, index: 0 }];
  expect(await places.inVersion([first, second], revoked)).toEqual({ recordCount: 4, erased: [1, 2, 3] });
  expect(asked).toEqual([first.dataHash, second.dataHash]);
  expect(places.left).toEqual([]);
});

const redacted = (file: ContributionFile) => encodeRedactedContribution(redactContribution(file, [0]));
it.each<[string, Uint8Array, string]>([
  ["is none", Uint8Array.of(1), "contribution"],
  ["has fewer records", redacted(fileOf("Monday", "Tuesday")), "asked for 3 records"],
  ["has other records", redacted(fileOf("Monday", "Tuesday", "Thursday")), "with root"],
  ["is of another Datanet", redacted({ ...diary, datanet: 4n }), "for Datanet 4"],
  ["is another's", redacted({ ...diary, contributor: OTHER }), `of ${OTHER.toLowerCase()}`],
  // leaves say nothing of the licence that is named beside them
  [
    "has another licence",
    encodeRedactedContribution({ ...redactContribution(diary, [0, 1, 2]), licence: "CC0-1.0" }),
    "under CC0-1.0",
  ],
])("says that nothing is known of a contribution whose file %s, and goes on", async (_, file, found) => {
  files.set(first.dataHash, file);

  expect(await places.inVersion([first, second], [])).toEqual({ recordCount: 5, erased: [3, 4] });

  expect(places.left).toEqual([expect.stringContaining(`Contribution 1 of Datanet 3: its file ${first.dataHash}`)]);
  expect(places.left[0]).toContain(found);
  expect(contentHash(file)).not.toBe(first.dataHash);
});

it("says so where the chain has more records of a contribution than the root that it has", async () => {
  const claimed = { ...first, recordCount: 4 };
  expect(await places.inVersion([claimed], [])).toEqual({ recordCount: 4, erased: [] });
  expect(places.left).toEqual([expect.stringContaining("asked for 4 records with root")]);
});
