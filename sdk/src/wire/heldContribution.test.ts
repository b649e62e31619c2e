import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { contentHash } from "../hash/content.js";
import { canonicalJsonBytes } from "./canonicalJson.js";
import { contributionFault } from "./contributionFault.js";
import { type ContributionFile, contributionCommitment, encodeContributionFile } from "./contributionFile.js";
import { isErased, recordsRoot } from "./contributionRecord.js";
import { decodeHeldContribution, encodeRedactedContribution, redactContribution } from "./heldContribution.js";

const file: ContributionFile = {
  datanet: 3n,
  contributor: "0x70997970C51812dc3A010C7d01b50e0d17dc79C8",
  licence: "MIT",
  source: { name: "diary", version: "1" },
  records: [
    { path: "monday.md", text: "Ümlaut\n" },
    { path: "tuesday.md", text: "" },
    { path: "wednesday.md", text: "her telephone number" },
  ],
};
const textOf = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

describe("redacted contribution file", () => {
  it("keeps the root of whatever records it is without", () => {
    const records = fc.array(fc.record({ path: fc.string(), text: fc.string({ unit: "grapheme" }) }), { minLength: 1 });
    fc.assert(
      fc.property(records, fc.array(fc.nat()), fc.array(fc.nat()), (all, first, second) => {
        const whole = { ...file, records: all };
        const places = (numbers: readonly number[]) => numbers.map((number) => number % all.length);
        const once = redactContribution(whole, places(first));
        const held = decodeHeldContribution(encodeRedactedContribution(redactContribution(once, places(second))));
        expect(recordsRoot(held)).toBe(recordsRoot(whole));
        const erased = new Set([...places(first), ...places(second)]);
        expect(held.records.map(isErased)).toEqual(all.map((_, place) => erased.has(place)));
      }),
    );
  });

  it("has neither the text of an erased record nor where it stood, and all of the others", () => {
    const redacted = redactContribution(file, [2]);
    const bytes = textOf(encodeRedactedContribution(redacted));
    expect(bytes).not.toContain("telephone");
    expect(bytes).not.toContain("wednesday");
    expect(redacted.records.slice(0, 2)).toEqual(file.records.slice(0, 2));
    expect(redacted.source).toEqual(file.source);
  });

  it("does not say either where records came from of which none is left", () => {
    expect(textOf(encodeRedactedContribution(redactContribution(file, [0, 1, 2])))).not.toContain("diary");
  });

  it("has another hash than the file that it stands for, whose whole is read too", () => {
    const whole = encodeContributionFile(file);
    expect(decodeHeldContribution(whole)).toEqual(file);
    expect(contentHash(encodeRedactedContribution(file))).not.toBe(contentHash(whole));
  });

  it("names the place of a fault", () => {
    const json = JSON.parse(textOf(encodeRedactedContribution(redactContribution(file, [1]))));
    const decode = (changed: object) => () => decodeHeldContribution(canonicalJsonBytes({ ...json, ...changed }));
    expect(decode({ format: "x" })).toThrow(/at format: expected "openledger.contribution\/1"/);
    expect(decode({ records: [{ leaf: "0x12" }] })).toThrow(/at records\[0\].leaf: expected 0x and 64 hex digits/);
    expect(decode({ records: [{ path: "a" }] })).toThrow(/at records\[0\].text: expected a string/);
    expect(decode({ records: [] })).toThrow(/at least one record/);
    for (const place of [-1, 3, 0.5, Number.NaN]) {
      expect(() => redactContribution(file, [place])).toThrow(/record.*0 to 2/);
    }
  });

  it("takes no erased record for one of a file that was never redacted", () => {
    const json = JSON.parse(textOf(encodeRedactedContribution(redactContribution(file, [1]))));
    const other = canonicalJsonBytes({ ...json, format: "openledger.contribution/1" });
    expect(() => decodeHeldContribution(other)).toThrow(/records\[1\].path: expected a string/);
  });
});

describe("contributionFault", () => {
  const committed = { datanet: file.datanet, contributor: file.contributor, ...contributionCommitment(file) };

  it("finds none in the file that was committed, whatever was erased of it", async () => {
    expect(await contributionFault(file, committed)).toBeUndefined();
    expect(await contributionFault(redactContribution(file, [0, 1, 2]), committed)).toBeUndefined();
  });

  it.each<[string, object]>([
    ["another Datanet", { datanet: 4n }],
    ["another contributor", { contributor: "0x0000000000000000000000000000000000000001" }],
    ["another licence", { licence: "Apache-2.0" }],
    ["a record less", { records: file.records.slice(1) }],
    ["another order", { records: [...file.records].reverse() }],
  ])("says what a file of %s has", async (_, changed) => {
    expect(await contributionFault({ ...file, ...changed }, committed)).toMatch(
      /^asked for 3 records .*, found \d with root .*/,
    );
  });
});
