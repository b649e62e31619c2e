import { describe, expect, test } from "vitest";
import type { AttentionShape, ValueId } from "../program/Op.js";
import { norm, RowProgram } from "./testing/RowProgram.js";

// Rows and weights made to come as close to each bound as the arithmetic lets them: a bound that is too small is passed,
// one that says nothing is far away.

const EPSILON = 2 ** -60;

/** Elements of a row in steps of its scale, which is 1/4: the first is the largest, 127 steps. */
function steps(...row: number[]): number[] {
  return row.map((step) => step / 4);
}

function repeat<T>(count: number, value: T): T[] {
  return new Array<T>(count).fill(value);
}

function expectClose(found: number, bound: number, part: number): void {
  expect(found).toBeLessThanOrEqual(bound);
  expect(found / bound).toBeGreaterThanOrEqual(part);
}

/** The bound of one element, as reported. */
function boundOf(made: ReturnType<RowProgram["run"]>, op: ValueId, entry = 0): number {
  return made.report.ops[op]!.most[entry]!;
}

function shownOf(made: ReturnType<RowProgram["run"]>, op: ValueId, bound: string): number {
  return made.report.ops[op]!.shown.find((shown) => shown.bound === bound)!.found;
}

/** Adds a norm's factor of digits `by` of x times channel factors, squares of x in their own steps. */
function factorOf(rows: RowProgram, squared: ReturnType<RowProgram["quantize"]>, by: ValueId): ValueId {
  const squares = rows.push({ kind: "sumSquares", q: squared.digits[0], groups: 1 });
  return rows.push({ kind: "normScale", squares, squaresScale: squared.scale, epsilon: EPSILON, by: { scale: by } });
}

describe("bounds of integers", () => {
  test("accumulators are what digits and weights of ±127 add up to", () => {
    const signs = [1, -1, -1, 1, 1, 1, -1, 1];
    const rows = new RowProgram([steps(...signs.map((sign) => 127 * sign))]);
    const { digits, scale } = rows.quantize(rows.x);
    const weights = rows.matrix("weights", [signs.map((sign) => 127 * sign), repeat(8, 1)]);
    const linear = rows.push({ kind: "linear", q: digits, scale, weights });

    const made = rows.run();

    expect(made.escapes).toEqual([]);
    const sum = made.row(digits[0]).reduce((total, digit, i) => total + digit * 127 * signs[i]!, 0);
    expect(shownOf(made, linear, "an accumulator is below 2^31")).toBe(sum);
    expect(shownOf(made, linear, "1,024 products of digits add up below 2^24")).toBe(sum);
  });

  test("sums of squares are reached by rows of one magnitude", () => {
    const rows = new RowProgram([[3, -3, 3, 3, -3, 1, 1, 1, -1, -1]]);
    const { digits } = rows.quantize(rows.x, { groups: 2, levels: 45 });
    const squares = rows.push({ kind: "sumSquares", q: digits[0], groups: 2 });

    const made = rows.run();

    expect(made.escapes).toEqual([]);
    expect(made.row(squares)).toEqual([5 * 45 ** 2, 5 * 45 ** 2]);
    expect([...made.report.ops[squares]!.most]).toEqual(made.row(squares));
  });

  test("sums of exponentials are reached by keys of one score", () => {
    const rows = new RowProgram(repeat(40, repeat(6, 0)));
    const { sum } = attend(rows, { heads: 1, kvHeads: 1, headDim: 2, window: 30 });

    const made = rows.run();

    expect(made.escapes).toEqual([]);
    expect(made.row(sum)).toEqual([30 * 956]);
    expect(boundOf(made, sum)).toBe(30 * 956);
  });
});

describe("bounds of linears without a norm", () => {
  test("are reached by elements half a step above a step", () => {
    const rows = new RowProgram([steps(127, 1.5, -3.5, 5.5, -11.5, 21.5)]);
    const { digits, scale } = rows.quantize(rows.x);
    const weights = rows.matrix("weights", [[127, 127, -127, 127, -127, 127]], 2 ** -5);
    const linear = rows.push({ kind: "linear", q: digits, scale, weights });

    const made = rows.run();

    expect(made.escapes).toEqual([]);
    expect(made.row(digits[0])).toEqual([127, 2, -4, 6, -12, 22]);
    expectClose(made.row(linear)[0]!, boundOf(made, linear), 1 - 2 ** -14);
  });

  test("are reached by elements that are doubled, in rows of smaller steps than others", () => {
    const rows = new RowProgram([steps(127 * 1000, 0, 0, 0), steps(127, 0.5001, -0.5001, 0.5001)]);
    const { digits, scale } = rows.quantize(rows.x);
    const weights = rows.matrix("weights", [[0, 127, -127, 127]]);
    const linear = rows.push({ kind: "linear", q: digits, scale, weights });

    const made = rows.run();

    expect(made.escapes).toEqual([]);
    expectClose(made.row(linear)[0]!, boundOf(made, linear), 0.999);
  });

  test.each([1, 2] as const)("are reached by what a limit leaves, and biases: %d digits", (count) => {
    const rows = new RowProgram([[9, -8, 7, 100]]);
    const { digits, scale } = rows.quantize(rows.x, { count, limits: [2] });
    const weights = rows.matrix("weights", [[127, -127, 127, 127]]);
    const bias = rows.floats("bias", [[1000]]);
    const linear = rows.push({ kind: "linear", q: digits, scale, weights, bias });

    const made = rows.run();

    expect(made.escapes).toEqual([]);
    expectClose(made.row(linear)[0]!, boundOf(made, linear), 1 - 2 ** -16);
  });

  test("are reached in two digits of both", () => {
    const row = [127, 63.5 + 1 / 256, -2.5 - 1 / 256, 20.25 + 3 / 256];
    const rows = new RowProgram([row]);
    const { digits, scale } = rows.quantize(rows.x, { count: 2 });
    const weights = rows.matrix("weights", [[127, 100.5, -1.25, 126 + 33 / 128]]);
    const linear = rows.push({ kind: "linear", q: digits, scale, weights });

    const made = rows.run();

    expect(made.escapes).toEqual([]);
    expectClose(made.row(linear)[0]!, boundOf(made, linear), 0.9999);
  });
});

describe("bounds of linears after a norm", () => {
  test("are reached by weights like the digits themselves", () => {
    const row = [127, -90, 33, 5, 0, 61];
    const rows = new RowProgram([steps(...row)]);
    const quantised = rows.quantize(rows.x);
    const scale = factorOf(rows, quantised, quantised.scale);
    const weights = rows.matrix("weights", [row], 0.37);
    const bias = rows.floats("bias", [[3]]);
    const linear = rows.push({ kind: "linear", q: quantised.digits, scale, weights, bias });

    const made = rows.run();

    expect(made.escapes).toEqual([]);
    expectClose(made.row(linear)[0]!, boundOf(made, linear), 1 - 2 ** -16);
  });

  test("are reached in two digits, where the squares see half steps less", () => {
    const row = [127, ...repeat(500, 6.5)];
    const rows = new RowProgram([steps(...row)]);
    const quantised = rows.quantize(rows.x, { count: 2 });
    const scale = factorOf(rows, quantised, quantised.scale);
    const weights = rows.matrix("weights", [row]);
    const linear = rows.push({ kind: "linear", q: quantised.digits, scale, weights });

    const made = rows.run();

    expect(made.escapes).toEqual([]);
    expect(made.row(quantised.digits[0])[1]).toBe(6);
    expectClose(made.row(linear)[0]!, boundOf(made, linear), 0.999);
  });

  test.each([
    ["half steps", 64, 0.8],
    ["doubling", 2 ** 12, 0.98],
  ])("are neared by digits of channels' own steps: %s", (_, factor, part) => {
    const small = 0.500001 / 127;
    const rows = new RowProgram([[1 / factor, ...[1, -1, 1, 1, -1, 1, 1].map((sign) => sign * small)]]);
    const y = rows.push({
      kind: "multiplyChannels",
      x: rows.x,
      vector: rows.floats("channels", [[factor, 1, 1, 1, 1, 1, 1, 1]]),
    });
    const squared = rows.quantize(rows.x);
    const quantised = rows.quantize(y);
    const scale = factorOf(rows, squared, quantised.scale);
    const ideal = [1 / factor ** 2, ...[1, -1, 1, 1, -1, 1, 1].map((sign) => sign / 127)];
    const largest = Math.max(...ideal.map(Math.abs));
    const weights = rows.matrix("weights", [ideal.map((weight) => Math.round((127 * weight) / largest))]);
    const linear = rows.push({ kind: "linear", q: quantised.digits, scale, weights });

    const made = rows.run();

    expect(made.escapes).toEqual([]);
    expect(made.row(quantised.digits[0])).toEqual([127, 1, -1, 1, 1, -1, 1, 1]);
    expectClose(made.row(linear)[0]!, boundOf(made, linear), part);
  });

  test("are neared where squares have fewer levels than digits", () => {
    const row = [127, ...repeat(15, 81)];
    const rows = new RowProgram([steps(...row)]);
    const squared = rows.quantize(rows.x, { levels: 2 });
    const quantised = rows.quantize(rows.x);
    const scale = factorOf(rows, squared, quantised.scale);
    const linear = rows.push({ kind: "linear", q: quantised.digits, scale, weights: rows.matrix("weights", [row]) });

    const made = rows.run();

    expect(made.escapes).toEqual([]);
    expectClose(made.row(linear)[0]!, boundOf(made, linear), 0.85);
  });
});

describe("bounds of lengths", () => {
  test("of normed heads are reached by rows whose squares see half steps less", () => {
    const rows = new RowProgram([steps(127, ...repeat(63, 6.4999), ...repeat(64, 5))]);
    const { scale, digits } = rows.quantize(rows.x, { groups: 2 });
    const squares = rows.push({ kind: "sumSquares", q: digits[0], groups: 2 });
    const factor = rows.push({
      kind: "normScale",
      squares,
      squaresScale: scale,
      epsilon: EPSILON,
      by: { numerator: 8 },
    });
    const vector = rows.floats("vector", [repeat(64, -1.5)]);
    const heads = rows.push({ kind: "normHeads", x: rows.x, scale: factor, vector });

    const made = rows.run();

    expect(made.escapes).toEqual([]);
    expectClose(norm(made.row(heads).slice(0, 64)), rows.length(heads, 0, 64), 0.99);
    expectClose(norm(made.row(heads).slice(64)), rows.length(heads, 64, 128), 1 - 2 ** -20);
  });

  test("of linears are reached along a matrix's longest axis, with biases", () => {
    const rows = new RowProgram([[1, 0, 0, 0]]);
    const quantised = rows.quantize(rows.x);
    const scale = factorOf(rows, quantised, quantised.scale);
    const weights = rows.matrix("weights", [
      [126, 7, 0, 0],
      [0, 127, 0, 0],
      [0, 0, 0, 119],
      [0, 0, 120, 0],
    ]);
    const bias = rows.floats("bias", [[40, 0, 0, 0]]);
    const linear = rows.push({ kind: "linear", q: quantised.digits, scale, weights, bias });

    const made = rows.run();

    expect(made.escapes).toEqual([]);
    expectClose(norm(made.row(linear)), rows.length(linear, 0, 4), 0.93);
    expect(rows.length(linear, 0, 4, "rough")).toBeGreaterThan(260);
  });

  test("of linears are as much longer as what their digits hide", () => {
    const rows = new RowProgram([steps(127, ...repeat(500, 6.5))]);
    const quantised = rows.quantize(rows.x, { count: 2 });
    const scale = factorOf(rows, quantised, quantised.scale);
    const weights = rows.matrix("weights", [
      [127, ...repeat(500, 6.5)],
      [0, ...repeat(250, 1), ...repeat(250, -1)],
    ]);
    const linear = rows.push({ kind: "linear", q: quantised.digits, scale, weights });

    const made = rows.run();

    expect(made.escapes).toEqual([]);
    expect(norm(made.row(linear))).toBeLessThanOrEqual(rows.length(linear, 0, 2));
    // What the weights alone make of a row of length 1, with what a close bound is away.
    expect(norm(made.row(linear)) / norm([127, ...repeat(500, 6.5)])).toBeGreaterThan(2 ** (1 / 32));
  });

  test("of turned heads and of sums are those of their parts", () => {
    const rows = new RowProgram([[3, -4, 12, 7, 1, -2, 5, 6]]);
    const table = rows.floats("rotary", [[0.6, 0.28, 0.8, 0.96]]);
    const turned = rows.push({ kind: "rotate", x: rows.x, groups: 1, table });
    const sum = rows.push({ kind: "add", x: turned, y: turned });

    const made = rows.run();

    expect(made.escapes).toEqual([]);
    expectClose(norm(made.row(turned).slice(0, 4)), rows.length(turned, 0, 4), 1 - 2 ** -18);
    expectClose(norm(made.row(turned).slice(4)), rows.length(turned, 4, 8), 1 - 2 ** -18);
    expectClose(norm(made.row(sum).slice(0, 4)), rows.length(sum, 0, 4), 1 - 2 ** -18);
  });
});

describe("bounds of attention", () => {
  test.each([
    ["one digit", 1, steps(127, 63.5, -3.5, 125.5)],
    ["two digits", 2, steps(127, 63.5, -3.5, 125.5)],
    ["equal elements", 1, steps(127, 127, 127, 127)],
  ] as const)("scores are reached by keys like queries: %s", (_, count, head) => {
    const other = head.map((element) => -element / 3);
    const rows = new RowProgram([[...head, ...other, ...head, ...repeat(4, 0)]]);
    const { scores } = attend(rows, { heads: 2, kvHeads: 1, headDim: 4, window: null }, count);

    const made = rows.run();

    expect(made.escapes).toEqual([]);
    const [first, second] = made.row(scores).map((score) => score - 1.5 * 2 ** 17);
    expectClose(first!, boundOf(made, scores, 0) - 1.5 * 2 ** 17, 0.999);
    expectClose(-second!, boundOf(made, scores, 1) - 1.5 * 2 ** 17, 0.999);
    expectClose(first!, shownOf(made, scores, "a score stays on its grid"), 0.999);
  });

  test("scores under limits are reached by heads that are cut", () => {
    const rows = new RowProgram([[...repeat(4, 1000), ...repeat(4, -1000), ...repeat(4, 0)]]);
    const shape = { heads: 1, kvHeads: 1, headDim: 4, window: null };
    const { scores } = attend(rows, shape, 2, [90, 100, 1]);

    const made = rows.run();

    expect(made.escapes).toEqual([]);
    const [score] = made.row(scores).map((u) => u - 1.5 * 2 ** 17);
    expectClose(-score!, shownOf(made, scores, "a score stays on its grid"), 0.9999);
  });

  test("scores are taken up to where their grid ends, and not beyond", () => {
    // Queries and keys of one element: their score is its square, to a few units of 2^-24.
    const program = (score: number) => {
      const rows = new RowProgram([[Math.sqrt(score), 0, Math.sqrt(score), 0, 0, 0]]);
      attend(rows, { heads: 1, kvHeads: 1, headDim: 2, window: null });
      return rows;
    };

    expect(program(2 ** 16 * 0.999).run().escapes).toEqual([]);
    expect(() => program(2 ** 16 * 1.001).run()).toThrow("not proven that a score stays on its grid");
  });

  test.each([1, 2] as const)("means are neared by weights that are all doubled: %d digits", (count) => {
    // The first key takes the range of the weights; the others' weights are rounded up, and in channel 1 their values are.
    const keys = 50;
    const rows = new RowProgram([
      [0, 0, 0, 0, 1, 0],
      ...Array.from({ length: keys - 1 }, () => {
        const value = 0.5001 / (count === 1 ? 255 : 127 * 128);
        return [0, 0, 0, 0, value, (value * 0.5001) / (count === 1 ? 127 : 127 * 128)];
      }),
    ]);
    const { mix } = attend(rows, { heads: 1, kvHeads: 1, headDim: 2, window: null }, count);

    const made = rows.run();

    expect(made.escapes).toEqual([]);
    expectClose(made.row(mix)[1]!, boundOf(made, mix, 1), 0.97);
  });
});

/** Attention over rows of queries, keys and values as they are. */
function attend(rows: RowProgram, shape: AttentionShape, count: 1 | 2 = 1, limits?: readonly number[]) {
  const groups = shape.heads + 2 * shape.kvHeads;
  const { scale, digits: qkv } = rows.quantize(rows.x, { groups, count, limits });
  const table = rows.integers(
    "exponents",
    Array.from({ length: 426 }, (_, t) => Math.round(956 * Math.exp(-t / 64))),
  );
  const scores = rows.push({ kind: "scores", qkv, scale, shape, gridBits: 6 });
  const max = rows.push({ kind: "scoreMax", scores });
  const exponents = rows.push({ kind: "exponent", scores, max, table, gridBits: 6 });
  const sum = rows.push({ kind: "sum", x: exponents });
  const x = rows.push({ kind: "weigh", exponents, scale, shape });
  const signed = rows.push({ kind: "rowScale", x, groups: shape.heads, levels: count === 1 ? 255 : 127 });
  const high = rows.push({ kind: count === 1 ? "quantizeUnsigned" : "quantize", x, scale: signed });
  const weights =
    count === 1 ? ([high] as const) : ([high, rows.push({ kind: "quantizeRest", x, scale: signed, high })] as const);
  const mix = rows.push({ kind: "mix", weights, weightScale: signed, sum, qkv, shape });
  return { scores, sum, mix };
}
