import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ARITHMETICS, type Arithmetic, type Program, type Table } from "../../program/Program.js";
import { elementBytes } from "../../reference/elementBytes.js";
import { newRow, type Row } from "../../reference/Row.js";
import { lengthAt, shapesOf } from "../../reference/shapes.js";
import { opVectors } from "../../testing/extremes/opVectors.js";
import { ReferenceRows } from "../../testing/ReferenceRows.js";
import { randomSource } from "../../testing/random.js";
import { stageSourceOf } from "../../testing/stageSource.js";
import { type TinySettings, tinyProgram } from "../../testing/tinyProgram.js";
import { TINY_SETTINGS } from "../../testing/tinySettings.js";
import { vectorRows } from "../../testing/vectorRows.js";
import { opCases } from "../../testing/vectors.js";
import { partsOf } from "../layout.js";
import { LEAF_BYTES } from "../Stage.js";
import { type Rows, StageRows } from "../StageRows.js";
import { stageRows } from "./stageRows.js";

function tokensOf(count: number, seed = 1): number[] {
  const random = randomSource(seed);
  return Array.from({ length: count }, () => Math.floor(random() * 11));
}

function fastLeaves(
  program: Program,
  op: number,
  position: number,
  rows: Rows,
  first = 0,
  following?: number,
): Uint8Array[] {
  return stageRows(program, op, position, stageSourceOf(rows, position, first, following)).flatMap((row) => {
    const bytes = elementBytes(row);
    const leaves = Math.ceil(bytes.length / LEAF_BYTES);
    return Array.from({ length: leaves }, (_, leaf) => bytes.slice(leaf * LEAF_BYTES, (leaf + 1) * LEAF_BYTES));
  });
}

const seen = new Set<string>();

/** The fast leaves of an operation are the slow ones; what stages it had is noted. */
function expectSame(program: Program, op: number, position: number, rows: Rows, first = 0, following?: number): void {
  const slow = new StageRows(program, rows, () => following).leaves(op, position);
  const { kind } = program.ops[op]!;
  expect(fastLeaves(program, op, position, rows, first, following), `${op} ${kind} at ${position}`).toEqual(slow);
  for (const { name, stage } of partsOf(program, op, position)) seen.add(`${kind} ${stage} ${name}`);
}

/** Rows of noise where no program has run: any bits of the right types and lengths. */
function noise(program: Program, seed: number): Rows {
  const kept = new Map<string, Row>();
  return (value, position) => {
    const key = `${value} ${position}`;
    const shape = shapesOf(program)[value]!;
    let row = kept.get(key);
    if (row === undefined) {
      const random = randomSource(seed + 1009 * value + position);
      const size = { f32: 1000, i32: 255, u16: 200, i8: 80, u8: 255 }[shape.type];
      const isNumber = shape.type === "f32" || (shape.type === "i32" && program.arithmetic === "integer");
      const signed = isNumber || shape.type === "i8";
      row = newRow(shape.type, lengthAt(shape, position)).map(() => (signed ? 2 * random() - 1 : random()) * size);
      kept.set(key, row);
    }
    return row;
  };
}

describe("stage rows at speed", () => {
  test("are those of the steps: small programs of all settings", () => {
    fc.assert(
      fc.property(TINY_SETTINGS, fc.integer({ min: 1, max: 40 }), (settings, count) => {
        const program = tinyProgram(settings);
        const { row, token } = new ReferenceRows(program, tokensOf(count, settings.seed));
        for (const op of program.ops.keys())
          for (const at of new Set([0, count - 1])) expectSame(program, op, at, row, 0, token(at + 1));
      }),
      { numRuns: 15 },
    );
  });

  test.each<[string, Partial<TinySettings>]>([
    ["linears in chunks and sums of chunks", { feedForward: 5200, digits: 2, weightDigits: 2, attentionDigits: 2 }],
    ["chunks of one digit", { feedForward: 3200, biases: "all" }],
    ["squares and maxima of long rows", { hidden: 7200, heads: 1, kvHeads: 1, feedForward: 1 }],
    ["two digits against one", { feedForward: 2100, digits: 2, biases: "all" }],
    ["one digit against two", { feedForward: 2100, weightDigits: 2 }],
    ["heads across leaves", { hidden: 9, heads: 4, kvHeads: 2, headDim: 600, attentionDigits: 2, window: 2 }],
  ])("are those of the steps: %s", (_, settings) => {
    for (const arithmetic of ARITHMETICS) {
      const program = tinyProgram({ maxPositions: 8, arithmetic, ...settings });
      const rows = noise(program, 5);
      for (const op of program.ops.keys()) expectSame(program, op, 3, rows);
    }
  });

  test("are those of the steps: long rows of keys, their windows, and sums of sums", () => {
    for (const [settings, position] of [
      [{ heads: 2, kvHeads: 2, attentionDigits: 2 }, 1700],
      [{ heads: 4, kvHeads: 2, window: 700, attentionDigits: 2 }, 1700],
      [{ heads: 2, kvHeads: 1, window: 1600 }, 3300],
      [{ heads: 1, kvHeads: 1, headDim: 2 }, 3200],
      [{ heads: 1, kvHeads: 1, headDim: 2 }, 383],
      [{ heads: 1, kvHeads: 1, headDim: 2 }, 384],
    ] as const) {
      const program = tinyProgram({ maxPositions: 4000, ...settings });
      const rows = noise(program, position);
      const { window } = { window: null, ...settings };
      const visible = window === null ? 0 : position - window + 1;
      for (const [op, { kind }] of program.ops.entries()) {
        if (kind !== "linear") expectSame(program, op, position, rows, visible - (visible % 16));
      }
    }
  });

  test("are those of the steps: vectors of extremes", () => {
    for (const found of opCases(opVectors())) {
      const { program, op, position, source } = found;
      expectSame(program, op, position, vectorRows(found), 0, source.token(position + 1));
    }
  });

  test("are those of the steps: sums of sums of more records than one step adds up", () => {
    const program = tinyProgram({ attribution: "indexed" });
    const records = 1536 * 768 + 1;
    const index: Table = {
      kind: "index",
      records,
      positions: 1,
      entries: new Int32Array(records),
      codes: new Uint8Array(16 * records),
      thresholds: new Uint8Array(11),
    };
    const large = { ...program, tables: new Map(program.tables).set("index.1", index) };
    const op = large.ops.findLastIndex(({ kind }) => kind === "denominator");
    const sums = new Int32Array(records).map((_, i) => (i * 7919) % 16_646_144);
    const rows: Rows = (value, at) => (value === op - 2 ? sums : noise(large, 4)(value, at));

    expect(large.ops[op - 2]!.kind).toBe("continuity");
    expectSame(large, op, 0, rows);
  });

  test("had every stage of every kind before them", () => {
    expect([...seen].filter((stage) => !stage.endsWith(" row")).sort()).toEqual([
      "denominator 0 sums",
      "denominator 1 sums",
      "linear 0 chunks",
      "linear 1 sums",
      "mix 0 pages",
      "mix 1 partials",
      "mix 2 sums",
      "mix 3 sums",
      "rowScale 0 partials",
      "scoreMax 0 partials",
      "scores 0 products",
      "sum 0 partials",
      "sumSquares 0 partials",
      "surprise 0 greatest",
      "surprise 0 partials",
      "surprise 1 greatest",
      "surprise 1 weights",
      "surprise 2 sums",
      "surprise 2 weights",
      "surprise 3 sums",
    ]);
    expect(new Set([...seen].map((stage) => stage.split(" ")[0])).size).toBe(31);
  });

  test.each<[string, Arithmetic, string, field: string, element: number, poison: number]>([
    ["a digit of −128 in a chunk", "float", "linear", "q", 1500, -128],
    ["a digit of −128 in squares", "float", "sumSquares", "q", 7000, -128],
    ["NaN in a maximum", "float", "rowScale", "x", 1700, Number.NaN],
    ["−Infinity in a maximum of scores", "float", "scoreMax", "scores", 1600, Number.NEGATIVE_INFINITY],
    ["a digit of −128 in squares", "integer", "sumSquares", "q", 7000, -128],
    ["−2^31 in a maximum", "integer", "rowScale", "x", 1700, -(2 ** 31)],
  ])(
    "name the element where a bound is broken, as the steps do: %s, %s",
    (_, arithmetic, kind, field, element, poison) => {
      const sizes = { hidden: 7200, heads: 1, kvHeads: 1, feedForward: 1, maxPositions: 1700 };
      const program = tinyProgram({ arithmetic, ...sizes });
      const position = kind === "scoreMax" ? 1650 : 0;
      const op = program.ops.findIndex((found) => found.kind === kind);
      const honest = noise(program, 3);
      const value = inputOf(program, op, field);
      const rows: Rows = (index, at) =>
        index === value ? honest(index, at).map((x, i) => (i === element ? poison : x)) : honest(index, at);
      const failureOf = (make: () => unknown): unknown => {
        try {
          return make();
        } catch (error) {
          return error;
        }
      };

      const slow = failureOf(() => new StageRows(program, rows).leaves(op, position));
      const fast = failureOf(() => fastLeaves(program, op, position, rows));

      expect(slow).toMatchObject({ code: "bound_violated", site: { op, kind, position } });
      expect(fast).toEqual(slow);
    },
  );

  test("refuse weights of −128 and sums that no accumulator holds", () => {
    const program = tinyProgram({ hidden: 3100 });
    const op = program.ops.findIndex(({ kind }) => kind === "linear");
    const table = program.tables.get("layer.0.qkv")!;
    if (table.kind !== "matrix") throw new Error("no matrix");
    table.high[3 * 3100 + 2000] = -128;
    expect(() => fastLeaves(program, op, 0, noise(program, 1))).toThrow(
      expect.objectContaining({
        code: "bound_violated",
        site: expect.objectContaining({ element: 16 + 3, value: -128 }),
      }),
    );

    const long = tinyProgram({ heads: 1, kvHeads: 1, maxPositions: 3200 });
    const sum = long.ops.findIndex(({ kind }) => kind === "sum");
    const rows: Rows = (value, at) => noise(long, 1)(value, at).fill(65_535);
    expect(() => fastLeaves(long, sum, 3199, rows)).toThrow(
      expect.objectContaining({
        code: "bound_violated",
        message: expect.stringContaining("a sum is an integer in [0, 2^24)"),
      }),
    );
  });
});

function inputOf(program: Program, op: number, field: string): number {
  const value = (program.ops[op] as unknown as { readonly [field: string]: number | readonly number[] })[field]!;
  return typeof value === "number" ? value : value[0]!;
}
