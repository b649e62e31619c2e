import { expect, it } from "vitest";
import { EarlierRecords } from "./EarlierRecords.js";
import { SHINGLE_BYTES, sameShingle, shingleHashes } from "./shingles.js";

const bytes = (text: string) => new TextEncoder().encode(text);
const keeper =
  "The keeper wrote of the storm that put out every lamp on the coast, and of ships that turned north by its light.";
const baker =
  "At five the baker opened, while the streets were wet and cats slept on the bonnets of parked cars in the lane.";

it("names the first of equal records, whichever layer holds it", () => {
  const first = new EarlierRecords();
  first.add({ contribution: 3n, index: 1 }, bytes(keeper));
  const second = new EarlierRecords(first);
  second.add({ contribution: 4n, index: 0 }, bytes(keeper));
  second.add({ contribution: 4n, index: 1 }, bytes(baker));

  expect(second.same(bytes(keeper))).toEqual({ contribution: 3n, index: 1 });
  expect(second.same(bytes(baker))).toEqual({ contribution: 4n, index: 1 });
  expect(second.copied(bytes(`${keeper} So it was.`))).toMatchObject({ of: { contribution: 3n, index: 1 } });
  expect(second.count).toBe(3);
});

it("leaves the layers beneath as they were", () => {
  const first = new EarlierRecords();
  new EarlierRecords(first).add({ contribution: 4n, index: 0 }, bytes(baker));

  expect(first.same(bytes(baker))).toBeUndefined();
  expect(first.copied(bytes(baker))).toBeUndefined();
});

it("shows a copy by runs of equal bytes, which hold as much as the containment says", () => {
  const text = bytes(keeper.replace("storm", "gale").replace("ships", "boats"));
  const earlier = new EarlierRecords();
  earlier.add({ contribution: 1n, index: 0 }, bytes(keeper));

  const { runs, containment } = earlier.copied(text)!;

  expect(runs).toHaveLength(3);
  for (const { at, place, length } of runs) {
    expect(text.slice(at, at + length)).toEqual(bytes(keeper).slice(place, place + length));
  }
  const shared = runs.reduce((sum, { length }) => sum + length - SHINGLE_BYTES + 1, 0);
  expect(shared / new Set(shingleHashes(text)).size).toBe(containment);
  expect(
    sameShingle(text, runs[0]!.at + runs[0]!.length - 9, bytes(keeper), runs[0]!.place + runs[0]!.length - 9),
  ).toBe(false);
});
