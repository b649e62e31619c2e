import { describe, expect, test } from "vitest";
import type { Op } from "../program/Op.js";
import type { Program } from "../program/Program.js";
import { tinyProgram } from "../testing/tinyProgram.js";
import { proveBounds } from "./proveBounds.js";
import { withOp, withTable } from "./testing/hostilities.js";
import { RowProgram } from "./testing/RowProgram.js";

function first(program: Program, kind: Op["kind"], from = 0): number {
  return program.ops.findIndex((op, i) => i >= from && op.kind === kind);
}

const TINY = tinyProgram();
const LEARNED = tinyProgram({ positions: "learned", biases: "all", mlp: "plain", headNorms: "all" });
const FINE = tinyProgram({ digits: 2, weightDigits: 2, attentionDigits: 2 });

function floats(program: Program, name: string, at: number, value: number): Program {
  return withTable<"floats">(program, name, (table) => ({ ...table, data: table.data.with(at, value) }));
}

function scales(program: Program, name: string, value: number): Program {
  return withTable<"matrix">(program, name, (table) => ({ ...table, scales: table.scales.with(1, value) }));
}

function maxPositions(program: Program, positions: number): Program {
  const grown = { ...program, shape: { ...program.shape, maxPositions: positions } };
  return withTable<"floats">(grown, "rotary", (table) => ({
    ...table,
    rows: positions,
    data: new Float32Array(positions * table.columns),
  }));
}

/** Everything that is wrong, where it shows, and how it is told. */
const HOSTILE: readonly (readonly [string, Program, Op["kind"], string])[] = [
  [
    "a digit of −128",
    withTable<"matrix">(TINY, "layer.0.up", (m) => ({ ...m, high: m.high.with(3, -128) })),
    "linear",
    'high digits of "layer.0.up" are in ±127',
  ],
  [
    "a low digit of 66",
    withTable<"matrix">(FINE, "head", (m) => ({ ...m, low: m.low!.with(3, 66) })),
    "linear",
    'low digits of "head" are in ±65',
  ],
  [
    "a scale that is no number",
    scales(TINY, "head", Number.NaN),
    "linear",
    'scales of "head" and their 128ths are positive and normal',
  ],
  ["a negative scale", scales(TINY, "head", -1), "linear", 'scales of "head" and their 128ths are positive and normal'],
  [
    "a subnormal scale",
    scales(TINY, "embedding", 2 ** -127),
    "embed",
    'scales of "embedding" and their 128ths are positive and normal',
  ],
  ["an infinite scale", scales(TINY, "head", Number.POSITIVE_INFINITY), "linear", 'scales of "head" are finite'],
  [
    "scales that overflow",
    scales(TINY, "layer.0.o", 2 ** 120),
    "linear",
    "sums of products times their scale are finite",
  ],
  ["an embedding that overflows", scales(TINY, "embedding", 2 ** 122), "embed", "a float is finite"],
  ["squares that overflow", scales(TINY, "layer.0.o", 2 ** 90), "normScale", "a sum of squares of floats is finite"],
  ["gates that overflow", scales(TINY, "layer.0.up", 2 ** 110), "gate", "a float is finite"],
  [
    "an infinite bias",
    floats(LEARNED, "head.bias", 0, Number.NEGATIVE_INFINITY),
    "linear",
    'elements of "head.bias" are finite',
  ],
  [
    "a position that is no number",
    floats(LEARNED, "positions", 9, Number.NaN),
    "addPosition",
    'elements of "positions" are finite',
  ],
  ["a cosine above 1", floats(TINY, "rotary", 5, 1 + 2 ** -23), "rotate", "cos and sin are in ±1"],
  ["a channel factor of 3", floats(TINY, "channels", 1, 3), "multiplyChannels", "inputs belong together"],
  ["a channel factor of 2^31", floats(TINY, "channels", 1, 2 ** 31), "multiplyChannels", "inputs belong together"],
  ["a limit of nothing", floats(TINY, "layer.0.limits", 0, 0), "rowScale", "a limit is the guard or more"],
  [
    "no limits of large heads",
    withOp(scales(TINY, "layer.0.qkv", 2 ** 9), 10, { limit: undefined }),
    "scores",
    "a score stays on its grid",
  ],
  [
    "limits that are too wide",
    floats(scales(TINY, "layer.0.qkv", 2 ** 9), "layer.0.limits", 0, 2 ** 20),
    "scores",
    "a score stays on its grid",
  ],
  [
    "epsilon of 0",
    withOp(TINY, first(TINY, "normScale"), { epsilon: 0 }),
    "normScale",
    "epsilon is above what squares of steps lose",
  ],
  [
    "an epsilon that is lost",
    withOp(TINY, first(TINY, "normScale"), { epsilon: 2 ** -101 }),
    "normScale",
    "epsilon is above what squares of steps lose",
  ],
  [
    "exponentials of 17 bits",
    withTable<"integers">(TINY, "exponents", ({ data, kind }) => ({ kind, data: data.with(0, 2 ** 16) })),
    "exponent",
    "exponentials are of 16 bits",
  ],
  [
    "a negative exponential",
    withTable<"integers">(TINY, "exponents", ({ data, kind }) => ({ kind, data: data.with(7, -1) })),
    "exponent",
    'integers of "exponents" are not negative',
  ],
  [
    "exponentials under the guard",
    withTable<"integers">(TINY, "exponents", ({ kind }) => ({ kind, data: Int32Array.of(127) })),
    "exponent",
    "the largest score's exponential keeps weights above the guard",
  ],
  [
    "sigmoids of 25 bits",
    withTable<"integers">(TINY, "sigmoids", ({ data, kind }) => ({ kind, data: data.with(7, 2 ** 24) })),
    "sigmoid",
    'integers of "sigmoids" are below 2^24',
  ],
  ["17,550 keys of 956", maxPositions(TINY, 17_550), "sum", "exponentials add up below 2^24"],
  [
    "100,000 positions",
    maxPositions(
      withTable<"integers">(TINY, "exponents", ({ kind }) => ({ kind, data: Int32Array.of(128) })),
      100_000,
    ),
    "mix",
    "an accumulator is below 2^31",
  ],
  [
    "a position without a row",
    { ...TINY, shape: { ...TINY.shape, maxPositions: 65 } },
    "rotate",
    "every position has a row",
  ],
  ["a token without a row", { ...TINY, shape: { ...TINY.shape, vocabulary: 12 } }, "embed", "every token has a row"],
  [
    "1,041 squares of 127",
    withOp(tinyProgram({ hidden: 1041 }), 1, { levels: 127 }),
    "sumSquares",
    "a sum of squares is below 2^24",
  ],
  ["133,145 products of 127", wide(133_145), "linear", "an accumulator is below 2^31"],
  ["signed digits of 255 levels", withOp(TINY, 1, { levels: 255 }), "quantize", "signed digits have up to 127 levels"],
  ["grids of 23 bits", withOp(TINY, first(TINY, "scores"), { gridBits: 23 }), "scores", "a grid has 0 to 22 bits"],
  [
    "exponents of another grid",
    withOp(TINY, first(TINY, "exponent"), { gridBits: 7 }),
    "exponent",
    "inputs belong together",
  ],
  [
    "weights of another window",
    withOp(TINY, first(TINY, "weigh"), { shape: { heads: 2, kvHeads: 1, headDim: 4, window: 3 } }),
    "weigh",
    "inputs belong together",
  ],
  [
    "a window of nothing",
    withOp(TINY, first(TINY, "scores"), { shape: { heads: 2, kvHeads: 1, headDim: 4, window: 0 } }),
    "scores",
    "inputs belong together",
  ],
  ["squares under a limit", limited(TINY, 1), "normScale", "inputs belong together"],
];

/** A limit of 1 on a scale. */
function limited(program: Program, at: number): Program {
  const one = { kind: "floats" as const, rows: 1, columns: 1, data: Float32Array.of(1) };
  return withOp({ ...program, tables: new Map(program.tables).set("one", one) }, at, { limit: "one" });
}

/** Plain MLP whose down projection has this many columns of ±127. */
function wide(feedForward: number): Program {
  const program = tinyProgram({ feedForward, hidden: 1, vocabulary: 1, mlp: "plain" });
  return withTable<"matrix">(program, "layer.0.down", (matrix) => ({ ...matrix, high: matrix.high.fill(-127) }));
}

describe("proveBounds refuses", () => {
  test.each([
    ["a quotient", [2 ** 30, 1], "quantizeRest", "a quotient is finite"],
    ["a sigmoid's argument", [2 ** 120, 1], "sigmoid", "a sigmoid's argument is finite"],
  ] as const)("rows that make %s overflow", (_, row, kind, bound) => {
    const rows = new RowProgram([row]);
    if (kind === "quantizeRest") rows.quantize(rows.x, { count: 2, limits: [2 ** -90] });
    else rows.push({ kind, x: rows.x, width: 2, table: rows.integers("sigmoids", [0, 1, 2]), gridBits: 10 });

    expect(() => rows.run()).toThrow(expect.objectContaining({ unproven: expect.objectContaining({ kind, bound }) }));
  });

  test.each(HOSTILE)("%s", (_, program, kind, bound) => {
    expect(() => proveBounds(program)).toThrow(
      expect.objectContaining({
        code: "bound_unprovable",
        retryable: false,
        unproven: expect.objectContaining({ kind, bound }),
        message: expect.stringContaining(`(${kind}): not proven that ${bound}`),
      }),
    );
  });

  test.each([
    ["a matrix cut short", withTable<"matrix">(TINY, "head", (m) => ({ ...m, high: m.high.subarray(1) }))],
    [
      "a table of positions cut short",
      withTable<"floats">(LEARNED, "positions", (t) => ({ ...t, data: t.data.subarray(1) })),
    ],
    ["no exponentials", withTable<"integers">(TINY, "exponents", ({ kind }) => ({ kind, data: new Int32Array(0) }))],
  ])("%s", (_, program) => {
    expect(() => proveBounds(program)).toThrow(expect.objectContaining({ code: "program_malformed" }));
  });

  test("what is just beyond a bound, and takes what is just within", () => {
    const within: readonly Program[] = [
      maxPositions(TINY, 17_549),
      wide(133_144),
      withOp(tinyProgram({ hidden: 1040 }), 1, { levels: 127 }),
      withOp(TINY, first(TINY, "normScale"), { epsilon: 2 ** -100 }),
      floats(TINY, "rotary", 5, 1),
    ];
    for (const program of within) expect(() => proveBounds(program)).not.toThrow();
  });

  test("with what was found, what is needed and what to do", () => {
    const program = maxPositions(TINY, 17_550);
    const op = first(program, "sum");

    expect(() => proveBounds(program)).toThrow(
      expect.objectContaining({
        unproven: { op, kind: "sum", bound: "exponentials add up below 2^24", found: 17_550 * 956, limit: 2 ** 24 },
        message:
          `Operation ${op} (sum): not proven that exponentials add up below 2^24: must be below 16777216 and may reach ` +
          "16777800; lower the table's peak, or compile for 17549 positions.",
      }),
    );
  });
});
