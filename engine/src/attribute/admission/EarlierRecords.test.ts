import fc from "fast-check";
import { expect, it } from "vitest";
import { openFiles } from "../testing/openFiles.js";
import { EarlierRecords, type RecordPlace } from "./EarlierRecords.js";
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

it("names the same records beyond its memory, in every layer", () => {
  // few texts, so that most are there already, and halves of them
  const text = fc
    .tuple(fc.nat({ max: 30 }), fc.nat({ max: 30 }))
    .map(([a, b]) => `${a ** 9} of ${b ** 9}`.padEnd(24, "etc."));
  const layers = fc.array(fc.array(text, { maxLength: 40 }), { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(layers, fc.integer({ min: 0, max: 20_000 }), (texts, memory) => {
      const before = openFiles();
      const places = new Map<string, RecordPlace>();
      const stacks: EarlierRecords[][] = [[], []];
      for (const [at, ofLayer] of texts.entries()) {
        for (const stack of stacks) stack.push(new EarlierRecords(stack.at(-1), stack === stacks[0] ? { memory } : {}));
        const [layer, inMemory] = stacks.map((stack) => stack.at(-1)!);
        for (const [index, one] of ofLayer.entries()) {
          const place = { contribution: 2n ** 64n - 1n - BigInt(at), index };
          expect(layer!.same(bytes(one))).toEqual(places.get(one));
          expect(layer!.copied(bytes(one))).toEqual(inMemory!.copied(bytes(one)));
          for (const each of [layer!, inMemory!]) each.add(place, bytes(one));
          if (!places.has(one)) places.set(one, place);
        }
        expect(layer!.count).toBe(texts.slice(0, at + 1).flat().length);
      }
      for (const layer of stacks.flat()) layer.close();
      expect(openFiles()).toBe(before);
    }),
    { numRuns: 30, endOnFailure: true },
  );
});

it("tells texts apart whose hashes are equal", () => {
  // of so many, two or more have the same 32 bits in 99 of 100 runs
  const earlier = new EarlierRecords();
  const texts = Array.from({ length: 200_000 }, (_, index) => bytes(`${index}`));
  for (const [index, text] of texts.entries()) earlier.add({ contribution: 1n, index }, text);

  expect(texts.findIndex((text, index) => earlier.same(text)?.index !== index)).toBe(-1);
});

it("has the hash of a text once, however often it is added", () => {
  const earlier = new EarlierRecords(undefined, { memory: 0 });
  for (let index = 0; index < 65; index++) earlier.add({ contribution: 1n, index }, bytes("no piece"));

  expect(earlier.bytesOnDisk).toBe(64 * "no piece".length + 8);
  expect(earlier.same(bytes("no piece"))).toEqual({ contribution: 1n, index: 0 });
  earlier.close();
});

it("closes a layer, and nothing beneath it", () => {
  const first = new EarlierRecords(undefined, { memory: 0 });
  for (const [index, text] of [keeper, baker].entries()) first.add({ contribution: 3n, index }, bytes(text));
  const second = new EarlierRecords(first);
  for (const [index, text] of ["Of lentils.", "Of salt."].entries())
    second.add({ contribution: 4n, index }, bytes(text));
  expect([first.bytesOnDisk > 0, second.bytesOnDisk > 0]).toEqual([true, true]);
  const open = openFiles();

  second.close();
  expect(openFiles()).toBeLessThan(open);
  expect(first.same(bytes(keeper))).toEqual({ contribution: 3n, index: 0 });
  expect(first.copied(bytes(`${keeper} So it was.`))).toMatchObject({ of: { contribution: 3n, index: 0 } });
  expect(() => second.same(bytes("Of lentils."))).toThrow(/after it was closed/);
  first.close();
});
