import { describe, expect, it } from "vitest";
import { ALL_RECORDS } from "./revocations.js";
import { type RecordPlace, VersionRecords } from "./VersionRecords.js";

const contributions = [
  { number: 4n, recordCount: 3 },
  { number: 2n, recordCount: 2 },
  { number: 9n, recordCount: 0 },
  { number: 7n, recordCount: 5 },
  { number: 5n, recordCount: 1 },
];
const revocations = [
  { contribution: 7n, index: 3 },
  { contribution: 2n, index: ALL_RECORDS },
  { contribution: 7n, index: 0 },
  { contribution: 7n, index: 1 },
  // of a contribution that was accepted later
  { contribution: 30n, index: 0 },
];
const left: RecordPlace[] = [
  { contribution: 0, index: 0 },
  { contribution: 0, index: 1 },
  { contribution: 0, index: 2 },
  { contribution: 3, index: 2 },
  { contribution: 3, index: 4 },
  { contribution: 4, index: 0 },
];

describe("VersionRecords", () => {
  it("counts the records of contributions one after the other, less what is revoked", () => {
    const records = new VersionRecords(contributions, revocations);

    expect(records).toHaveLength(left.length);
    expect([...records]).toEqual(left);
    expect(left.map((_, place) => records.at(place))).toEqual(left);
    expect([...new VersionRecords(contributions, [])]).toHaveLength(11);
  });

  it("tells those of one contribution with their places", () => {
    const records = new VersionRecords(contributions, revocations);
    const of = contributions.map((_, contribution) => [...records.of(contribution)]);

    expect(of.map((places) => places.length)).toEqual([3, 0, 0, 2, 1]);
    expect(of[3]).toEqual([
      { place: 3, index: 2 },
      { place: 4, index: 4 },
    ]);
    for (const [contribution, places] of of.entries()) {
      for (const { place, index } of places) expect(records.at(place)).toEqual({ contribution, index });
    }
    expect([...records.of(5)]).toEqual([]);
  });

  it("tells where a record stands, unless it has been revoked", () => {
    const records = new VersionRecords(contributions, revocations);

    expect(left.map((record) => records.placeOf(record))).toEqual([0, 1, 2, 3, 4, 5]);
    const absent = [
      ...[0, 1].map((index) => ({ contribution: 1, index })),
      ...[-1, 0, 1, 3, 5, 0.5, 2.5].map((index) => ({ contribution: 3, index })),
      ...[-1, 2, 5].map((contribution) => ({ contribution, index: 0 })),
      { contribution: 0, index: 3 },
    ];
    expect(absent.map((record) => records.placeOf(record))).toEqual(absent.map(() => undefined));
  });

  it("knows no place beyond them", () => {
    const records = new VersionRecords(contributions, revocations);

    expect([-1, 0.5, left.length, Number.NaN].map((place) => records.at(place))).toEqual(Array(4).fill(undefined));
    expect(new VersionRecords([], []).at(0)).toBeUndefined();
  });
});
