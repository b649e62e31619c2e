import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { referenceOp } from "../../reference/referenceOp.js";
import { tinyProgram } from "../tinyProgram.js";
import { type OpVector, opCases } from "../vectors.js";
import { opVectors } from "./opVectors.js";
import { VECTORS_FILE, vectorsText } from "./vectorsFile.js";

const text = readFileSync(VECTORS_FILE, "utf8");
const { vectors } = JSON.parse(text) as { readonly vectors: readonly OpVector[] };

function outputs(kind: string, name: string, arithmetic?: "integer"): number[] {
  const isFound = (vector: OpVector) => vector.kind === kind && vector.name === name;
  const found = opCases({ vectors: vectors.filter((one) => isFound(one) && one.arithmetic === arithmetic) });
  expect(found).toHaveLength(1);
  return [...found[0]!.expected];
}

describe("the vectors of extremes", () => {
  test("are what the reference gives", () => {
    expect(vectorsText(opVectors())).toBe(text);
    for (const { name, program, op, position, source, expected } of opCases({ vectors })) {
      expect(referenceOp(program, op, position, source), name).toEqual(expected);
    }
  });

  test("cover every kind of operation, under names of their own, in less than 1.5 MB", () => {
    const kinds = (changes: Parameters<typeof tinyProgram>[0]) => tinyProgram(changes).ops.map((op) => op.kind);
    for (const [arithmetic, attribution, count] of [
      ["float", "indexed", 31],
      // What attribution pays by is made of integers, in either.
      ["integer", "none", 24],
    ] as const) {
      const all = new Set([
        ...kinds({ arithmetic, headNorms: "all", digits: 2 }),
        ...kinds({ arithmetic, mlp: "plain", positions: "learned", attribution }),
      ]);
      expect(all.size).toBe(count);
      const found = vectors.filter((vector) => (vector.arithmetic ?? "float") === arithmetic);
      expect(new Set(found.map((vector) => vector.kind))).toEqual(all);
      expect(new Set(found.map(({ kind, name }) => `${kind} ${name}`)).size).toBe(found.length);
    }
    expect(text.length).toBeLessThan(1.5e6);
  });

  // By hand, so that the reference does not only agree with itself.
  test("have the results that the definitions give on paper", () => {
    expect(outputs("embed", "one digit, ties to even both ways")).toEqual([
      0,
      3 + 2 ** -21,
      -3 - 2 ** -21,
      127 + 2 ** -16,
      -127 - 2 ** -16,
      1 + 2 ** -23,
    ]);
    expect(outputs("add", "ties, zeros, subnormals and the greatest").slice(0, 11)).toEqual([
      0,
      -0,
      2 ** 24,
      2 ** 24 + 4,
      -(2 ** 24),
      -(2 ** 24) - 4,
      1,
      1 + 2 ** -22,
      1 + 2 ** -23,
      1,
      1 - 2 ** -24,
    ]);
    expect(outputs("multiplyChannels", "subnormal results half to even").slice(0, 6)).toEqual([
      1,
      -0,
      0,
      2 ** -127,
      2 ** -127 + 2 ** -148,
      -(2 ** -127),
    ]);
    expect(outputs("rowScale", "limits that saturate, that do not, and at the maximum")).toEqual(
      [4, 5, 5, 2 ** -100].map((max) => Math.fround(max / 127)),
    );
    expect(outputs("sumSquares", "2^24 − 1")).toEqual([2 ** 24 - 1]);
    expect(outputs("linear", "K = 1041, all ±127").slice(0, 2)).toEqual(
      [16_790_288, -16_790_288].map((a) => Math.fround(a * Math.fround(1 / 127))),
    );
    // Above 2^24 floats are even; an odd sum goes to the multiple of four beside it.
    expect(outputs("linear", "sums above 2^24 that tie, to even both ways")).toEqual(
      [1, 3, 5, 7, 9, 11, -1, -3].map((last) => {
        const a = 16_790_289 + 127 * last;
        return a % 2 === 0 ? a : a % 4 === 1 ? a - 1 : a + 1;
      }),
    );
    expect(outputs("sigmoid", "steps of 1").slice(0, 8)).toEqual(
      [0, 0, 0, 0, 0, 0, 1, -1].map((t) => Math.round(1017 / (1 + Math.exp(-t / 8)))),
    );
    expect(outputs("signBits", "zeros of both signs are not positive, the least number is")[0]).toBe(0b01010100);
    expect(outputs("scoreMax", "first, last, all equal")).toEqual([5, -6, 0].map((t) => 196_608 + t / 64));
    expect(outputs("exponent", "the table's ends and beyond").slice(0, 9)).toEqual([956, 898, 844, 2, 2, 0, 0, 0, 0]);
    expect(outputs("sum", "2^24 − 1")).toEqual([2 ** 24 - 1, 257]);
    expect(outputs("surprise", "one token, expected")).toEqual([0]);
    expect(outputs("surprise", "no token follows")).toEqual([0]);
    // 127 · 2/3 + ½ = 85.1…
    expect(outputs("surprise", "equal logits at their ends")).toEqual([85]);
    expect(outputs("surprise", "the farthest token")).toEqual([127]);
    // ⌊127 · a/(a + 127) + ½⌋ of a = 126, 127, 128: 63.74…, 64 to the point, 64.24…
    expect([126, 127, 128].map((a) => outputs("surprise", `weights of ${a} and 127 of 254`)[0])).toEqual([63, 64, 64]);
    // v = (256² · 127) >> 7 at equal codes; dot = 126 makes (252² · 127) >> 7; from 64 differing bits on nothing counts.
    const byDistance = outputs("similarity", "every distance");
    expect([0, 1, 32, 63, 64, 128].map((bits) => byDistance[bits])).toEqual([65_024, 63_007, 16_256, 15, 0, 0]);
    const above = outputs("similarity", "every distance, above a threshold");
    expect([0, 31, 32].map((bits) => above[bits])).toEqual([65_024, 17_287, 0]);
    expect(outputs("similarity", "256 positions, all equal")).toEqual([256 * 65_024, 0]);
    expect(outputs("similarity", "no token follows")).toEqual([0, 0]);
    // 2^16 + 1,537 · 16,646,144 = 1,525 · 2^24 + …
    expect(outputs("denominator", "1537 records, all at their ends")).toEqual([
      Math.floor(25_585_188_864 / 2 ** 24),
      25_585_188_864 % 2 ** 24,
    ]);
    expect(outputs("continuity", "seven tokens, at most 31 times more")).toEqual([
      0,
      1 + 13,
      65_024 * 32,
      16_646_144 * 32,
    ]);
    expect(outputs("continuity", "the first position")).toEqual([0, 1, 65_024, 16_646_144]);
    expect(outputs("windowSum", "eight positions of nine")).toEqual([0, 8, 8 * 127 * 2 ** 16]);
    // 65 + 57 + … + 9, and the place among eight of all of them
    expect(outputs("windowSum", "each eighth of 66 positions")).toEqual([296, 64 * 127 * 2 ** 16, 8]);
    expect(outputs("windowSum", "each eighth of as many as there are")).toEqual([24, 1 + 2 ** 8 + 2 ** 16, 0]);
    expect(outputs("denominator", "after 0 and 65536")).toEqual([0, 65_536 + 1 + 65_024 + 16_646_144 - 0]);
    expect(outputs("credit", "weight 127 over 0 and 65536")).toEqual([0, 127, 127 * 65_024, 127 * 16_646_144]);
  });

  test("have the results that the definitions of integers give on paper", () => {
    const of = (kind: string, name: string) => outputs(kind, name, "integer");
    expect(of("embed", "halves up, both signs")).toEqual([0, 1, 0, 2, -1, 64, -63]);
    expect(of("embed", "a shift of 0, up to where numbers end").slice(0, 2)).toEqual([2_130_706_305, -2_130_706_305]);
    expect(of("embed", "a shift of -4, up to where numbers end").slice(0, 2)).toEqual([127 * 2 ** 24, -127 * 2 ** 24]);
    expect(of("addPosition", "the row of the position").slice(2, 4)).toEqual([2 ** 31 - 1, 1 - 2 ** 31]);
    expect(of("rowScale", "rows of zeros, numbers' ends, the last element")).toEqual([
      1,
      2 ** 31 - 1,
      2 ** 31 - 1,
      1,
      5,
    ]);
    expect(of("sumSquares", "2,100 of ±127, above 2^24")).toEqual([2100 * 127 ** 2]);
    // ⌊√(2^30 − 1)⌋ = 2^15 − 1, and 2^20 over it 32.
    expect(of("normScale", "by another scale, epsilon 1, shifts of 0 and 20").slice(1, 4)).toEqual([2 ** 20, 32, 0]);
    expect(of("linear", "halves up before and after the scale, both signs")).toEqual([1, 0, 1, 0, 1, 0, 4, -3]);
    expect(of("linear", "negative shifts, a multiplier of nothing").slice(0, 3)).toEqual([
      127 * 127 * 2 * 3 * 4 * 5 * 8,
      4 * 5 * 8,
      -127 * 7 * 4 * 5 * 8,
    ]);
    // 64, 63, −64 and −65 of 128.
    expect(of("linear", "halves of the product of low digits")).toEqual([1, 0, 0, -1]);
    expect(of("scores", "halves up, both signs, twice").slice(0, 4)).toEqual([-1, -1, -1, -1]);
    expect(of("scoreMax", "beside each other above 2^24")).toEqual([2 ** 30 + 1, -(2 ** 30)]);
    expect(of("exponent", "the table's ends and beyond").slice(4, 9)).toEqual([67, 0, 0, 0, 0]);
    expect(of("sum", "odd sums above 2^24")[0]).toBe(600 * 65_535 + 1);
    const weighed = of("weigh", "halves up, zeros, the greatest exponentials and scales");
    expect(weighed.slice(0, 6)).toEqual([1, 0, 0, 0, 2 ** 14, 2 ** 14]);
    expect(of("sigmoid", "a shift of 0: halves up, the table's ends and beyond").slice(-2)).toEqual([
      2 ** 24 - 1 - 300,
      2 ** 24 - 1,
    ]);
    expect(of("integerLogits", "within ±2^23 and beyond").slice(6)).toEqual([
      2 ** 23,
      -(2 ** 23),
      2 ** 23,
      -(2 ** 23),
      2 ** 23,
      -(2 ** 23),
      2 ** 23,
      -(2 ** 23),
    ]);
    expect(of("signBits", "zero is not positive")[0]).toBe(0b01001010);
  });

  test("of quotients are the integer nearest, half up, for every scale", () => {
    for (const [kind, levels] of [
      ["quantize", 127n],
      ["quantizeUnsigned", 255n],
    ] as const) {
      const found = opCases({ vectors }).filter(({ name }) => name.startsWith(`${kind} of integers: halves`));
      const { source, inputs, expected } = found[0]!;
      const [x, scales] = inputs.map((input) => source.row(input, 0));
      const size = x!.length / scales!.length;
      let halves = 0;
      for (const [i, q] of expected.entries()) {
        const s = BigInt(scales![Math.floor(i / size)]!);
        // 2q − 1 ≤ 2 · levels · x / s < 2q + 1
        const twice = 2n * levels * BigInt(x![i]!);
        expect((2n * BigInt(q) - 1n) * s <= twice && twice < (2n * BigInt(q) + 1n) * s).toBe(true);
        if (twice === (2n * BigInt(q) - 1n) * s) halves++;
      }
      expect(halves).toBeGreaterThan(3);
    }
  });

  test("have ties to even, saturation and the ends of low digits", () => {
    const quantised = opCases({ vectors }).find(({ name }) => name === "quantize: halves to even, saturation, zeros")!;
    const x = quantised.source.row(quantised.inputs[0]!, 0);
    const of = (value: number) => quantised.expected[x.indexOf(Math.fround(value))];
    expect([0.5, 1.5, 2.5, 3.5, -0.5, -1.5, -2.5, 125.5, 126.5].map(of)).toEqual([0, 2, 2, 4, 0, -2, -2, 126, 126]);
    expect([127.5, 1e9, -1e30, 128].map(of)).toEqual([127, 127, -127, 127]);

    expect(outputs("quantizeRest", "low digits at ±64 and ±65, halves, saturated highs")).toEqual([
      64, -64, -64, 64, -64, 65, -65, 64, 64, 0, 2, 0, 0, 127, -127, 0, 0,
    ]);
  });
});
