import { describe, expect, test } from "vitest";
import { Random } from "../../train/random.js";
import { CODE_BYTES, codeWords } from "../codes.js";
import { hamming } from "../kernel/hamming.js";
import { CodeScanner } from "./CodeScanner.js";

const random = new Random(11);
const scanner = new CodeScanner();
const bytes = (count: number) => Uint8Array.from({ length: count * CODE_BYTES }, () => random.below(256));
const reader = (codes: Uint8Array) => (first: number, into: Uint8Array) =>
  into.set(codes.subarray(first * CODE_BYTES, first * CODE_BYTES + into.length));

describe("a scanner of codes", () => {
  test.each([0, 1, 3, 4, 5, 1000, 16_384, 16_387, 40_001])("finds of %d codes those that are near", (count) => {
    const codes = bytes(count);
    const query = { words: codeWords(bytes(3)), at: 4 };
    const words = codeWords(codes);
    const distances = Array.from({ length: count }, (_, i) => hamming(words, 4 * i, query.words, 4));
    for (const reach of [-1, 0, 54, 63, 127, 128]) {
      const found: [number, number][] = [];
      scanner.near(count, reader(codes), { ...query, reach }, (first, hits) => {
        for (const hit of hits) found.push([first + (hit >>> 8), hit & 0xff]);
      });

      expect(found).toEqual([...distances.entries()].filter(([, distance]) => distance <= reach));
    }
  });

  test("tells codes of no and of all bits apart", () => {
    const codes = new Uint8Array(5 * CODE_BYTES).fill(0xff);
    codes.fill(0, CODE_BYTES, 2 * CODE_BYTES);
    const found: number[] = [];
    const query = { words: new Uint32Array(4), at: 0, reach: 128 };
    scanner.near(5, reader(codes), query, (_, hits) => found.push(...hits));

    expect(found.map((hit) => hit & 0xff)).toEqual([128, 0, 128, 128, 128]);
  });

  test("counts distances on top of what was counted", () => {
    const codes = bytes(16_390);
    const queries = codeWords(bytes(3));
    const words = codeWords(codes);
    const histogram = new Float64Array(129).fill(1);
    const expected = histogram.slice();
    for (let at = 0; at < 12; at += 4) {
      for (let i = 0; i < 16_390; i++) expected[hamming(words, 4 * i, queries, at)]!++;
    }

    scanner.countDistances(16_390, reader(codes), queries, histogram);

    expect(histogram).toEqual(expected);
  });
});
