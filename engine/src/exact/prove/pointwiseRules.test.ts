import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ValueId } from "../program/Op.js";
import { RowProgram } from "./testing/RowProgram.js";

// A program of one row: a bound is its element's magnitude, rounded up where the element was. One rounding too few is
// passed by every second row.

const FLOAT = fc
  .record({ mantissa: fc.integer({ min: 2 ** 23, max: 2 ** 24 - 1 }), exponent: fc.integer({ min: -40, max: -10 }) })
  .chain(({ mantissa, exponent }) => fc.constantFrom(1, -1).map((sign) => sign * mantissa * 2 ** exponent));
const WIDTH = 8;
const ROW = fc.array(FLOAT, { minLength: WIDTH, maxLength: WIDTH });

/** [what is tested, what makes it of a row of 8, whether each element of a row (or of a pair) reaches its bound] */
const RULES: readonly (readonly [string, (rows: RowProgram, other: readonly number[]) => ValueId, 1 | 2])[] = [
  [
    "add",
    (rows, other) => rows.push({ kind: "addPosition", x: rows.x, table: rows.floats("other", [align(rows, other)]) }),
    1,
  ],
  ["add of a value", (rows) => rows.push({ kind: "add", x: rows.x, y: rows.x }), 1],
  [
    "multiplyChannels",
    (rows) =>
      rows.push({ kind: "multiplyChannels", x: rows.x, vector: rows.floats("v", [[1, 2, 4, 8, 0.5, 0.25, 1, 2]]) }),
    1,
  ],
  [
    "rotate",
    (rows, other) => {
      const angles = other.slice(0, 4);
      const table = rows.floats("rotary", [[...angles.map(Math.cos), ...angles.map(Math.sin)]]);
      return rows.push({ kind: "rotate", x: rows.x, groups: 1, table });
    },
    2,
  ],
  ["rowScale", (rows) => rows.push({ kind: "rowScale", x: rows.x, groups: 2, levels: 127 }), 1],
  ["cubic", (rows) => rows.push({ kind: "cubic", x: rows.x, a: Math.fround(0.07), b: Math.fround(1.6) }), 1],
  [
    "gate",
    (rows) => {
      const table = rows.integers("sigmoids", [871, 871, 871]);
      return rows.push({
        kind: "gate",
        x: rows.x,
        sigmoid: rows.push({ kind: "sigmoid", x: rows.x, width: 4, table, gridBits: 6 }),
      });
    },
    1,
  ],
  [
    "activate",
    (rows) => {
      const table = rows.integers("sigmoids", [871, 871, 871]);
      return rows.push({
        kind: "activate",
        x: rows.x,
        sigmoid: rows.push({ kind: "sigmoid", x: rows.x, width: 8, table, gridBits: 6 }),
      });
    },
    1,
  ],
];

/** Addends of the signs of the row that they are added to: here the first eight floats of table "rows". */
function align(rows: RowProgram, other: readonly number[]): number[] {
  const table = rows.program.tables.get("rows");
  const data = table?.kind === "floats" ? table.data : new Float32Array(0);
  return other.map((value, i) => Math.abs(value) * Math.sign(data[i]!));
}

describe("bounds of pointwise operations", () => {
  test.each(RULES)("are what a row makes, and no less: %s", (_, make, size) => {
    fc.assert(
      fc.property(ROW, ROW, (row, other) => {
        const rows = new RowProgram([row]);
        const op = make(rows, other);

        const made = rows.run();

        expect(made.escapes).toEqual([]);
        const found = made.row(op).map((value, i) => Math.abs(value) / made.report.ops[op]!.most[i]!);
        const half = found.length / 2;
        // Of a pair that is turned one element reaches its bound.
        const reached = size === 1 ? found : found.slice(0, half).map((part, i) => Math.max(part, found[half + i]!));
        expect(Math.min(...reached)).toBeGreaterThanOrEqual(1 - 2 ** -19);
      }),
      { numRuns: 300 },
    );
  });

  test("embeddings are bounded channel by channel, over all tokens", () => {
    const rows = new RowProgram([[0, 0, 0]]);
    const table = rows.matrix("embedding", [[1 + 5 / 128, -127, 3]], 0.3);
    const op = rows.push({ kind: "embed", table });

    const made = rows.run();

    expect(made.escapes).toEqual([]);
    const parts = made.row(op).map((value, i) => Math.abs(value) / made.report.ops[op]!.most[i]!);
    expect(Math.min(...parts)).toBeGreaterThan(0.999999);
  });

  test("what is rounded up below the normal range is within", () => {
    const least = 2 ** -149;
    const rows = new RowProgram([[3 * least, -7 * least]]);
    const op = rows.push({ kind: "multiplyChannels", x: rows.x, vector: rows.floats("channels", [[0.5, 0.5]]) });

    const made = rows.run();

    expect(made.row(op)).toEqual([2 * least, -4 * least]);
    expect(made.escapes).toEqual([]);
  });

  test("logits end at 2^23", () => {
    const rows = new RowProgram([[1.2345, -4000]]);
    const op = rows.push({ kind: "integerLogits", x: rows.x });

    const made = rows.run();

    expect(made.escapes).toEqual([]);
    expect([...made.report.ops[op]!.most]).toEqual([5057, 2 ** 23]);
    expect(made.row(op)).toEqual([5057, -(2 ** 23)]);
  });
});
