import { STANDING_WHOLE } from "@openledger/engine";
import { describe, expect, it } from "vitest";
import { progressBar } from "../progress/progressBar.js";
import type { VersionRecord } from "../registered/readRecords.js";
import { renderStandings, standingsJson } from "./renderStandings.js";

const [ann, ben] = [`0x${"a".repeat(40)}`, `0x${"b".repeat(40)}`] as const;
const records = [ann, ben, ben].map(
  (contributor, record): VersionRecord => ({
    datanet: 1n,
    version: 2,
    record,
    contribution: 3n,
    contributor,
    source: `docs#${record}`,
    text: "",
  }),
);
const found = {
  basisRoot: `0x${"11".repeat(32)}`,
  sketchesRoot: `0x${"22".repeat(32)}`,
  unread: [2],
  records: [
    { record: 0, score: -(2n ** 70n), standing: -STANDING_WHOLE / 4 },
    { record: 1, score: 3n * 2n ** 70n, standing: (STANDING_WHOLE * 3) / 4 },
    { record: 2, score: 0n, standing: 0 },
  ],
  contributors: [
    { contributor: ben, records: 2, score: 3n * 2n ** 70n, standing: (STANDING_WHOLE * 3) / 4 },
    { contributor: ann, records: 1, score: -(2n ** 70n), standing: -STANDING_WHOLE / 4 },
  ],
} as const;
const subject = { model: 5n, name: "docs", texts: 7, records, committed: undefined };

describe("renderStandings", () => {
  it("names contributors and records by standing, and what is below zero last", () => {
    const lines = renderStandings(subject, found, 2).split("\n");
    expect(lines.slice(5, 7)).toEqual([`  75.000 %  ${ben}  2 records`, ` -25.000 %  ${ann}  1 records`]);
    expect(lines.slice(8, 10)).toEqual([`  75.000 %  1/2/1  ${ben}  docs#1`, `   0.000 %  1/2/2  ${ben}  docs#2`]);
    expect(lines.slice(10, 12)).toEqual(["...", ` -25.000 %  1/2/0  ${ann}  docs#0`]);
    expect(lines).toContain("1 records have none: copies of earlier ones, or too long for the base.");
  });

  it("says whose basis and sketches they are told by", () => {
    const committed = `0x${"33".repeat(32)}` as const;

    expect(renderStandings(subject, found, 2).split("\n")[3]).toBe("both made here");
    expect(renderStandings({ ...subject, committed }, found, 2).split("\n")[3]).toContain(committed);
    expect(JSON.parse(standingsJson({ ...subject, committed }, found)).committed).toBe(committed);
    expect(JSON.parse(standingsJson(subject, found)).committed).toBeNull();
  });

  it("gives programs whole scores, and every record in its order", () => {
    const document = JSON.parse(standingsJson(subject, found));
    expect(document).toMatchObject({ model: "5", texts: 7, whole: STANDING_WHOLE, basisRoot: found.basisRoot });
    expect(document.records.map((one: { score: string; isRead: boolean }) => [one.score, one.isRead])).toEqual([
      [`${-(2n ** 70n)}`, true],
      [`${3n * 2n ** 70n}`, true],
      ["0", false],
    ]);
    expect(document.contributors[0]).toMatchObject({ contributor: ben, standing: (STANDING_WHOLE * 3) / 4 });
  });
});

describe("progressBar", () => {
  it("tells how far it is and how long it will take", () => {
    expect(progressBar(0, 8, 100)).toBe(`[${".".repeat(24)}] 0/8`);
    expect(progressBar(2, 8, 1000)).toBe(`[${"#".repeat(6)}${".".repeat(18)}] 2/8, 3 s left`);
    expect(progressBar(8, 8, 1000)).toBe(`[${"#".repeat(24)}] 8/8, 0 s left`);
    expect(progressBar(0, 0, 0)).toBe(`[${"#".repeat(24)}] 0/0`);
  });
});
