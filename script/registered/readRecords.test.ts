import {
  ALL_RECORDS,
  ContentErasedError,
  type ContributionFile,
  contentHash,
  contributionCommitment,
  contributionLeaf,
  domainHash,
  encodeContributionFile,
  encodeRedactedContribution,
  licenceToBytes32,
  merkleRoot,
  type query,
  type Revocation,
  redactContribution,
  revocationsHash,
} from "@openledger/sdk";
import { type Hex, zeroHash } from "viem";
import { describe, expect, it } from "vitest";
import { type RecordSources, readRecords } from "./readRecords.js";

const DATANET = 4n;
const fileOf = (letter: "a" | "b"): ContributionFile => ({
  datanet: DATANET,
  contributor: `0x${letter.repeat(40)}`,
  licence: "MIT",
  source: { name: letter, version: "1.0.0" },
  records: [0, 1].map((i) => ({ path: `${letter}#${i}`, text: `record ${i} of ${letter}` })),
});

/** A version of two contributions of two records each, as chain, index and content store tell it. */
function sourcesOf({ shown = [fileOf("a"), fileOf("b")], revoked = [] as readonly Revocation[] } = {}) {
  const accepted = [fileOf("a"), fileOf("b")].map((file, i): query.IndexedContribution => {
    const { recordsRoot, recordCount, dataHash } = contributionCommitment(file);
    return {
      number: BigInt(10 + i),
      datanet: DATANET,
      contributor: file.contributor,
      recordsRoot,
      recordCount,
      licence: file.licence,
      dataHash,
      rules: 1,
      state: "Accepted",
      position: BigInt(i),
      committedIn: zeroHash,
      decidedIn: zeroHash,
    };
  });
  const leaves = accepted.map((one) =>
    contributionLeaf({ ...one, contribution: one.number, licence: licenceToBytes32(one.licence) }),
  );
  const sources: RecordSources = {
    version: async () => ({
      root: merkleRoot(domainHash("Contribution"), leaves),
      contributionCount: 2n,
      revocationCount: BigInt(revoked.length),
      revocationsHash: revocationsHash(revoked),
    }),
    accepted: async () => accepted,
    revocations: async () => revoked,
    content: async (hash) => encodeContributionFile(shown[accepted.findIndex((one) => one.dataHash === hash)]!),
  };
  return { sources, accepted };
}

describe("readRecords", () => {
  it("reads a version's records in its order, with whose they are", async () => {
    const records = await readRecords(sourcesOf().sources, DATANET, 1);
    expect(records.map(({ record, contribution, source, text }) => [record, contribution, source, text])).toEqual([
      [0, 10n, "a a#0", "record 0 of a"],
      [1, 10n, "a a#1", "record 1 of a"],
      [2, 11n, "b b#0", "record 0 of b"],
      [3, 11n, "b b#1", "record 1 of b"],
    ]);
    expect(records[3]!.contributor.toLowerCase()).toBe(`0x${"b".repeat(40)}`);
  });

  it("leaves out what was revoked before the version", async () => {
    const revoked = [
      { contribution: 10n, index: 0 },
      { contribution: 11n, index: ALL_RECORDS },
    ];
    const records = await readRecords(sourcesOf({ revoked }).sources, DATANET, 1);
    expect(records.map(({ text }) => text)).toEqual(["record 1 of a"]);
  });

  it("reads a redacted file, but tells no standings without a record's text", async () => {
    const redacted = encodeRedactedContribution(redactContribution(fileOf("b"), [0]));
    const erasedFrom = (revoked: readonly Revocation[]) => {
      const { sources, accepted } = sourcesOf({ revoked });
      const content = async (hash: Hex) => {
        if (hash === accepted[1]!.dataHash) throw new ContentErasedError("http://store", contentHash(redacted));
        return hash === contentHash(redacted) ? redacted : sources.content(hash);
      };
      return { ...sources, content };
    };
    await expect(readRecords(erasedFrom([]), DATANET, 1)).rejects.toMatchObject({
      code: "content_erased",
      message: expect.stringContaining("record 0 of contribution 11 was erased"),
    });
    const records = await readRecords(erasedFrom([{ contribution: 11n, index: 0 }]), DATANET, 1);
    expect(records.map(({ text }) => text)).toEqual(["record 0 of a", "record 1 of a", "record 1 of b"]);
  });

  it("reads no file of a contribution that was revoked whole: nothing of it may be left", async () => {
    const { sources, accepted } = sourcesOf({ revoked: [{ contribution: 11n, index: ALL_RECORDS }] });
    const content = async (hash: Hex) => {
      if (hash === accepted[1]!.dataHash) throw new ContentErasedError("http://store");
      return sources.content(hash);
    };
    const records = await readRecords({ ...sources, content }, DATANET, 1);
    expect(records.map(({ text }) => text)).toEqual(["record 0 of a", "record 1 of a"]);
  });

  it.each([
    ["other records", { ...fileOf("b"), records: fileOf("a").records }],
    ["fewer records", { ...fileOf("b"), records: fileOf("b").records.slice(1) }],
    ["another contributor", { ...fileOf("b"), contributor: fileOf("a").contributor }],
    ["another Datanet", { ...fileOf("b"), datanet: 5n }],
    ["another licence", { ...fileOf("b"), licence: "Apache-2.0" }],
  ])("refuses a file with %s", async (_, file) => {
    const read = readRecords(sourcesOf({ shown: [fileOf("a"), file] }).sources, DATANET, 1);
    await expect(read).rejects.toMatchObject({
      code: "content_mismatch",
      message: expect.stringMatching(/^contribution 11: asked for 2 records with root .*, found /),
    });
  });

  it("refuses an index that tells other contributions or revocations than the chain", async () => {
    const { sources, accepted } = sourcesOf();
    const other = { ...sources, accepted: async () => [...accepted].reverse() };
    await expect(readRecords(other, DATANET, 1)).rejects.toMatchObject({ code: "content_mismatch" });

    const revoked = sourcesOf({ revoked: [{ contribution: 10n, index: 0 }] }).sources;
    const hidden = { ...revoked, revocations: async () => [{ contribution: 11n, index: 0 }] };
    await expect(readRecords(hidden, DATANET, 1)).rejects.toMatchObject({ code: "content_mismatch" });
  });
});
