import { describe, expect, test } from "vitest";
import type { AttentionShape, ValueId } from "../../program/Op.js";
import { RowProgram } from "../testing/RowProgram.js";

// Rows and weights made to come as close to each bound as the arithmetic lets them: a bound that is too small is passed, one
// that says nothing is far away.

function repeat<T>(count: number, value: T): T[] {
  return new Array<T>(count).fill(value);
}

/** Elements of a row in steps of its scale, 127,000: a step is 1,000. */
function steps(...row: number[]): number[] {
  return row.map((step) => Math.round(1000 * step));
}

type Made = ReturnType<RowProgram["run"]>;

function expectClose(made: Made, op: ValueId, entry: number, part: number): void {
  expect(made.escapes).toEqual([]);
  const found = Math.abs(made.row(op)[entry]!);
  const bound = made.report.ops[op]!.most[entry]!;
  expect(found).toBeLessThanOrEqual(bound);
  expect(found / bound).toBeGreaterThanOrEqual(part);
}

function shownOf(made: Made, op: ValueId, bound: string): number {
  return made.report.ops[op]!.shown.find((shown) => shown.bound === bound)!.found;
}

function linearOf(rows: RowProgram, from: ReturnType<RowProgram["quantize"]>, weights: string, shifts: Shifts) {
  return rows.push({ kind: "linear", q: from.digits, scale: from.scale, weights }, shifts);
}

type Shifts = { readonly [field: string]: number };

/** Adds the factor of a row's norm, by its own digits' scale. */
function normed(rows: RowProgram, from: ReturnType<RowProgram["quantize"]>) {
  const squares = rows.push({ kind: "sumSquares", q: from.digits[0], groups: 1 });
  const by = { scale: from.scale };
  const scale = rows.push(
    { kind: "normScale", squares, squaresScale: from.scale, epsilon: 2 ** 30, by },
    { squareBits: 20, rootBits: 38 },
  );
  return { scale, digits: from.digits };
}

describe("bounds of integers without a norm", () => {
  test.each([1, 2] as const)("are reached by elements half a step above a step: %d digits", (count) => {
    // A little more, since halves below zero are rounded towards it.
    const half = (count === 1 ? 0.5 : 0.5 / 128) + 0.001;
    const signs = [1, 1, -1, 1, -1, 1];
    const row = [127, ...signs.slice(1).map((sign, i) => sign * (1 + 4 * i + half))];
    const rows = new RowProgram([steps(...row)], "integer");
    const weights = rows.matrix("weights", [signs.map((sign) => 127 * sign)]);
    const linear = linearOf(rows, rows.quantize(rows.x, { count }), weights, { shift: 0, scaleShift: 10 });

    const made = rows.run();

    expectClose(made, linear, 0, 0.998);
  });

  test("are neared by elements that are doubled, in rows of smaller steps than others", () => {
    const rows = new RowProgram([[3_000_000, 0, 0, 0], steps(127, 0.5, -0.501, 0.5)], "integer");
    const weights = rows.matrix("weights", [[0, 127, -127, 127]]);
    const linear = linearOf(rows, rows.quantize(rows.x), weights, { shift: 0, scaleShift: 0 });

    expectClose(rows.run(), linear, 0, 0.998);
  });

  test("hold products at their ends, and what is rounded twice", () => {
    const rows = new RowProgram([steps(127, -127, 127)], "integer");
    const weights = rows.matrix("weights", [[127, -127, 127]], 3);
    const linear = linearOf(rows, rows.quantize(rows.x), weights, { shift: 3, scaleShift: 10 });

    const made = rows.run();

    expectClose(made, linear, 0, 0.9999);
    const sum = 3 * 127 * 127 * 3;
    expect(shownOf(made, linear, "a sum times its multiplier is below 2^52") / sum).toBeCloseTo(1, 6);
    expect(shownOf(made, linear, "a sum times its scale is below 2^52") / ((sum / 8) * 127_000)).toBeCloseTo(1, 4);
  });
});

describe("bounds of integers after a norm", () => {
  test("are reached by weights like the digits themselves", () => {
    const row = [127, -90, 33, 5, 0, 61];
    const rows = new RowProgram([steps(...row)], "integer");
    const weights = rows.matrix("weights", [row]);
    const linear = linearOf(rows, normed(rows, rows.quantize(rows.x)), weights, { shift: 0, scaleShift: 10 });

    expectClose(rows.run(), linear, 0, 0.9999);
  });

  test("are reached in two digits, where the squares see half steps less", () => {
    const row = [127, ...repeat(500, 6.49)];
    const rows = new RowProgram([steps(...row)], "integer");
    const quantised = rows.quantize(rows.x, { count: 2 });
    const weights = rows.matrix("weights", [[127, ...repeat(500, 6.5)]]);
    const linear = linearOf(rows, normed(rows, quantised), weights, { shift: 0, scaleShift: 20 });

    const made = rows.run();

    expect(made.row(quantised.digits[0])[1]).toBe(6);
    expectClose(made, linear, 0, 0.998);
  });

  test("of a factor are those of a row of zeros, or of one large element", () => {
    for (const [row, epsilon] of [
      [[0, 0], 2 ** 20],
      [[5, 0], 2 ** 40],
    ] as const) {
      const rows = new RowProgram([row], "integer");
      const { scale, digits } = rows.quantize(rows.x);
      const squares = rows.push({ kind: "sumSquares", q: digits[0], groups: 1 });
      const factor = rows.push(
        { kind: "normScale", squares, squaresScale: scale, epsilon, by: { scale } },
        { squareBits: 10, rootBits: 36 },
      );

      expectClose(rows.run(), factor, 0, row[0] === 0 ? 0.9999 : 0.01);
    }
  });

  test("of normed heads are reached by one large element", () => {
    const rows = new RowProgram([[9_000_000, ...repeat(7, 0)]], "integer");
    const { scale, digits } = rows.quantize(rows.x);
    const squares = rows.push({ kind: "sumSquares", q: digits[0], groups: 1 });
    const factor = rows.push(
      { kind: "normScale", squares, squaresScale: scale, epsilon: 2 ** 46, by: { numerator: 2 ** 20 } },
      { squareBits: 18, rootBits: 32 },
    );
    const vector = rows.floats("vector", [repeat(8, -3000)]);
    const shifts = { shift: 10, vectorShift: 12 };
    const heads = rows.push({ kind: "normHeads", x: rows.x, scale: factor, vector }, shifts);

    expectClose(rows.run(), heads, 0, 0.98);
  });
});

describe("bounds of attention in integers", () => {
  test.each([1, 2] as const)("scores are reached by keys like queries: %d digits", (count) => {
    const head = steps(127, 63.5, -3.5, 125.5);
    const rows = new RowProgram([[...head, ...head, ...repeat(4, 0)]], "integer");
    const { scores } = attend(rows, { heads: 1, kvHeads: 1, headDim: 4, window: null }, count);

    expectClose(rows.run(), scores, 0, 0.98);
  });

  test("sums of exponentials are reached by keys of one score", () => {
    const rows = new RowProgram(repeat(40, repeat(6, 0)), "integer");
    const { sum } = attend(rows, { heads: 1, kvHeads: 1, headDim: 2, window: 30 });

    const made = rows.run();

    expect(made.row(sum)).toEqual([30 * 32_768]);
    expectClose(made, sum, 0, 1);
  });

  test.each([1, 2] as const)("means are neared by weights that are all rounded up: %d digits", (count) => {
    // The first key takes the range of the weights; the others' weights and values are rounded up.
    const keys = 50;
    const large = 2_000_000;
    const levels = count === 1 ? 255 : 127 * 128;
    const value = Math.ceil((0.5 * large) / levels);
    const rows = new RowProgram(
      [
        [0, 0, 0, 0, large, 0],
        ...repeat(keys - 1, [0, 0, 0, 0, value, Math.ceil((0.5 * value) / (count === 1 ? 127 : 127 * 128))]),
      ],
      "integer",
    );
    const { mix } = attend(rows, { heads: 1, kvHeads: 1, headDim: 2, window: null }, count);

    const made = rows.run();

    expectClose(made, mix, 1, count === 1 ? 0.3 : 0.001);
    expect(made.row(mix)[1]! / made.report.ops[mix]!.most[0]!).toBeLessThan(0.1);
  });

  test("means are reached by keys of one value", () => {
    const rows = new RowProgram(repeat(4, [0, 0, 0, 0, 1_000_000, -400_000]), "integer");
    const { mix } = attend(rows, { heads: 1, kvHeads: 1, headDim: 2, window: null });

    const made = rows.run();

    expectClose(made, mix, 0, 0.97);
    expectClose(made, mix, 1, 0.97);
  });
});

/** Attention over rows of queries, keys and values as they are. */
function attend(rows: RowProgram, shape: AttentionShape, count: 1 | 2 = 1) {
  const { scale, digits: qkv } = rows.quantize(rows.x, { groups: shape.heads + 2 * shape.kvHeads, count });
  const wide = count === 1 ? 0 : 7;
  const table = rows.integers(
    "exponents",
    Array.from({ length: 700 }, (_, t) => Math.round(32_768 * Math.exp(-t / 64))),
  );
  const gridBits = 0;
  const scores = rows.push({ kind: "scores", qkv, scale, shape, gridBits }, { shift: 6 + wide, scaleShift: 20 });
  const max = rows.push({ kind: "scoreMax", scores });
  const exponents = rows.push({ kind: "exponent", scores, max, table, gridBits });
  const sum = rows.push({ kind: "sum", x: exponents });
  const x = rows.push({ kind: "weigh", exponents, scale, shape }, { shift: 6 });
  const weightScale = rows.push({ kind: "rowScale", x, groups: shape.heads, levels: 1 });
  const high = rows.push({ kind: count === 1 ? "quantizeUnsigned" : "quantize", x, scale: weightScale });
  const weights =
    count === 1
      ? ([high] as const)
      : ([high, rows.push({ kind: "quantizeRest", x, scale: weightScale, high })] as const);
  const shifts = { sumBits: 15, shift: count === 1 ? 16 : 23 };
  const mix = rows.push({ kind: "mix", weights, weightScale, sum, qkv, shape }, shifts);
  return { scores, sum, mix };
}
