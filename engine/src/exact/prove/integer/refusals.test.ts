import { describe, expect, test } from "vitest";
import type { Op } from "../../program/Op.js";
import type { Program } from "../../program/Program.js";
import { type TinySettings, tinyProgram } from "../../testing/tinyProgram.js";
import { proveBounds } from "../proveBounds.js";
import { withOp, withTable } from "../testing/hostilities.js";
import { RowProgram } from "../testing/RowProgram.js";

function tiny(settings: Partial<TinySettings> = {}): Program {
  return tinyProgram({ arithmetic: "integer", ...settings });
}

function first(program: Program, kind: Op["kind"], from = 0): number {
  const at = program.ops.findIndex((op, i) => i >= from && op.kind === kind);
  expect(at, kind).toBeGreaterThanOrEqual(0);
  return at;
}

/** Changes the first operation of a kind. */
function changed(program: Program, kind: Op["kind"], fields: object): Program {
  return withOp(program, first(program, kind), fields);
}

function floats(program: Program, name: string, at: number, value: number): Program {
  return withTable<"floats">(program, name, (table) => ({ ...table, data: table.data.with(at, value) }));
}

function multiplier(program: Program, name: string, value: number): Program {
  return withTable<"matrix">(program, name, (table) => ({ ...table, scales: table.scales.with(0, value) }));
}

function integers(program: Program, name: string, at: number, value: number): Program {
  return withTable<"integers">(program, name, ({ data, kind }) => ({ kind, data: data.with(at, value) }));
}

function maxPositions(program: Program, positions: number): Program {
  const grown = { ...program, shape: { ...program.shape, maxPositions: positions } };
  return withTable<"floats">(grown, "rotary", (table) => ({
    ...table,
    rows: positions,
    data: new Float32Array(positions * table.columns),
  }));
}

const TINY = tiny();
const FINE = tiny({ digits: 2, weightDigits: 2, attentionDigits: 2 });
const NORMED = tiny({ headNorms: "all", mlp: "plain", positions: "learned", biases: "all" });
const TWO = tiny({ layers: 2 });
const INDEXED = tiny({ attribution: "indexed" });
const HEAD_NORM = first(NORMED, "normScale", first(NORMED, "linear"));
/** The scale of queries, keys and values: the third, after those of the norm's row and of its channels. */
const HEADS = TINY.ops.findIndex(({ kind }, i) => kind === "rowScale" && i > first(TINY, "linear"));

const HOSTILE: readonly (readonly [string, Program, Op["kind"], string])[] = [
  ["a multiplier of a half", multiplier(TINY, "head", 0.5), "linear", 'constants of "head" are integers below 2^24'],
  ["a multiplier below zero", multiplier(TINY, "head", -1), "linear", 'multipliers of "head" are not negative'],
  ["a multiplier of 25 bits", multiplier(TINY, "head", 2 ** 24), "linear", 'constants of "head" are integers below'],
  [
    "a multiplier that is none",
    multiplier(TINY, "head", Number.NaN),
    "linear",
    'multipliers of "head" are not negative',
  ],
  ["a cosine of a half", floats(TINY, "rotary", 5, 0.5), "rotate", 'constants of "rotary" are integers below 2^24'],
  ["a bias of 25 bits", floats(NORMED, "head.bias", 0, 2 ** 24), "linear", 'constants of "head.bias" are integers'],
  ["a position of a half", floats(NORMED, "positions", 9, 0.5), "addPosition", 'constants of "positions" are integers'],
  ["a channel of nothing", floats(TINY, "channels", 1, 0), "normScale", "inputs belong together"],
  [
    "a digit of −128",
    withTable<"matrix">(TINY, "layer.0.up", (m) => ({ ...m, high: m.high.with(3, -128) })),
    "linear",
    'high digits of "layer.0.up" are in ±127',
  ],
  ["an embedding that overflows", changed(TINY, "embed", { shift: -8 }), "embed", "a number is below 2^31"],
  [
    "channels that overflow",
    changed(TINY, "multiplyChannels", { shift: -30 }),
    "multiplyChannels",
    "a number is below 2^31",
  ],
  ["epsilon of 0", changed(TINY, "normScale", { epsilon: 0 }), "normScale", "epsilon has a root"],
  [
    "squares beyond 2^52",
    changed(TINY, "normScale", { squareBits: 36 }),
    "normScale",
    "a sum of squares and epsilon is below 2^52",
  ],
  [
    "inverses beyond 2^52",
    changed(TINY, "normScale", { rootBits: 52 }),
    "normScale",
    "a sum of squares and epsilon is below 2^52",
  ],
  [
    "a numerator beyond 2^52",
    changed(changed(TINY, "multiplyChannels", { shift: -10 }), "normScale", { rootBits: 44 }),
    "normScale",
    "a numerator times an inverse is below 2^52",
  ],
  ["a factor beyond 2^31", changed(TINY, "normScale", { rootBits: 46 }), "normScale", "a number is below 2^31"],
  [
    "a constant numerator beyond 2^52",
    withOp(NORMED, HEAD_NORM, { by: { numerator: 2 ** 32 } }),
    "normScale",
    "a numerator times an inverse is below 2^52",
  ],
  [
    "sums times scales beyond 2^52",
    changed(TINY, "linear", { shift: -2 }),
    "linear",
    "a sum times its scale is below 2^52",
  ],
  ["outputs beyond 2^31", changed(TINY, "linear", { scaleShift: 5 }), "linear", "a number is below 2^31"],
  [
    "multipliers that take sums beyond 2^52",
    multiplier(wideMatrix(140_000, 127), "layer.0.down", 2 ** 24 - 1),
    "linear",
    "an accumulator is below 2^31",
  ],
  [
    "joined sums beyond 2^52",
    multiplier(wideMatrix(60_000, 127, 2), "layer.0.down", 2 ** 24 - 1),
    "linear",
    "a sum times its multiplier is below 2^52",
  ],
  [
    "scales that no cache holds",
    changed(TINY, "linear", { scaleShift: 16 }),
    "scores",
    "scales of heads are below 2^24",
  ],
  ["scores beyond 2^31", changed(TINY, "scores", { scaleShift: 0 }), "scores", "a number is below 2^31"],
  [
    "scores' products beyond 2^52",
    changed(TINY, "scores", { shift: -12 }),
    "scores",
    "a sum times its query's scale is below 2^52",
  ],
  ["exponentials of 17 bits", integers(TINY, "exponents", 0, 2 ** 16), "exponent", "exponentials are of 16 bits"],
  ["no exponential", integers(TINY, "exponents", 0, 0), "exponent", "the largest score has an exponential"],
  [
    "a negative exponential",
    integers(TINY, "exponents", 7, -1),
    "exponent",
    'integers of "exponents" are not negative',
  ],
  ["weights beyond 2^31", changed(TINY, "weigh", { shift: -14 }), "weigh", "a number is below 2^31"],
  [
    "a scale of weights beyond 2^52",
    changed(TINY, "mix", { sumBits: 31 }),
    "mix",
    "a scale of weights over their sum is below 2^52",
  ],
  ["means beyond 2^52", changed(TINY, "mix", { sumBits: 23 }), "mix", "a sum times its weights' scale is below 2^52"],
  ["means beyond 2^31", changed(TINY, "mix", { shift: 4 }), "mix", "a number is below 2^31"],
  ["66,312 keys", maxPositions(integers(TINY, "exponents", 0, 956), 66_312), "mix", "an accumulator is below 2^31"],
  [
    "40,000 keys of 65,535",
    maxPositions(integers(TINY, "exponents", 0, 65_535), 40_000),
    "sum",
    "exponentials add up below 2^31",
  ],
  ["a sigmoid's argument", changed(TINY, "sigmoid", { shift: -40 }), "sigmoid", "a sigmoid's argument is below 2^52"],
  [
    "gates beyond 2^52",
    changed(TINY, "gate", { shift: -12 }),
    "gate",
    "a gate times what it lets through is below 2^52",
  ],
  ["gates beyond 2^31", changed(TINY, "gate", { upShift: 0 }), "gate", "a number is below 2^31"],
  ["activations beyond 2^31", changed(NORMED, "activate", { shift: -8 }), "activate", "a number is below 2^31"],
  [
    "heads times their factor",
    changed(NORMED, "normHeads", { shift: -10 }),
    "normHeads",
    "a normed element times its weight is below 2^52",
  ],
  [
    "normed heads beyond 2^31",
    changed(NORMED, "normHeads", { vectorShift: -8 }),
    "normHeads",
    "a number is below 2^31",
  ],
  [
    "133,145 squares",
    withEpsilons(tiny({ hidden: 133_145, vocabulary: 1, maxPositions: 1, feedForward: 1, heads: 1, headDim: 2 })),
    "sumSquares",
    "a sum of squares is below 2^31",
  ],
  ["a token without a row", { ...TINY, shape: { ...TINY.shape, vocabulary: 12 } }, "embed", "every token has a row"],
  [
    "a position without a row",
    { ...TINY, shape: { ...TINY.shape, maxPositions: 65 } },
    "rotate",
    "every position has a row",
  ],
  ["digits of another row's scale", withOp(TINY, HEADS + 1, { scale: 1 }), "quantize", "inputs belong together"],
  [
    "weights of another window",
    changed(TINY, "weigh", { shape: { heads: 2, kvHeads: 1, headDim: 4, window: 3 } }),
    "weigh",
    "inputs belong together",
  ],
  [
    "a maximum of other scores",
    withOp(TWO, first(TWO, "exponent", first(TWO, "exponent") + 1), { max: first(TWO, "scoreMax") }),
    "exponent",
    "inputs belong together",
  ],
  [
    "a greatest logit that weighs nothing",
    integers(INDEXED, "surprise", 0, 0),
    "surprise",
    "the greatest logit weighs something",
  ],
  [
    "records longer than 256",
    withTable<"index">(INDEXED, "index.0", (t) => ({
      ...t,
      positions: 257,
      entries: new Int32Array(257 * t.records),
      codes: new Uint8Array(257 * t.records * 16),
    })),
    "similarity",
    "a record has up to 256 positions",
  ],
  [
    "a denominator of logits",
    changed(INDEXED, "denominator", { sums: first(INDEXED, "integerLogits") }),
    "denominator",
    "inputs belong together",
  ],
  [
    "credits over another index's denominator",
    withOp(INDEXED, first(INDEXED, "credit", first(INDEXED, "credit") + 1), {
      denominator: first(INDEXED, "denominator"),
    }),
    "credit",
    "inputs belong together",
  ],
];

function withEpsilons(program: Program): Program {
  return { ...program, ops: program.ops.map((op) => (op.kind === "normScale" ? { ...op, epsilon: 1 } : op)) };
}

/** Plain MLP whose down projection has this many columns, each digit at its end. */
function wideMatrix(feedForward: number, digit: number, digits: 1 | 2 = 1): Program {
  const program = tiny({ feedForward, hidden: 1, vocabulary: 1, mlp: "plain", digits, weightDigits: digits });
  return withTable<"matrix">(program, "layer.0.down", (matrix) => ({ ...matrix, high: matrix.high.fill(digit) }));
}

describe("proveBounds of integers refuses", () => {
  test.each(HOSTILE)("%s", (_, program, kind, bound) => {
    expect(() => proveBounds(program)).toThrow(
      expect.objectContaining({
        code: "bound_unprovable",
        unproven: expect.objectContaining({ kind, bound: expect.stringContaining(bound) }),
      }),
    );
  });

  test("digits without sign of rows that may be negative", () => {
    const rows = new RowProgram([[-5, 3]], "integer");
    const scale = rows.push({ kind: "rowScale", x: rows.x, groups: 1, levels: 1 });
    rows.push({ kind: "quantizeUnsigned", x: rows.x, scale });

    expect(() => rows.run()).toThrow(
      expect.objectContaining({ unproven: expect.objectContaining({ kind: "quantizeUnsigned" }) }),
    );
  });

  test("operations that integers do not have, and fields that say nothing there", () => {
    for (const change of [{ kind: "cubic", a: 1, b: 1 }, { gridBits: 6 }, { shift: 0.5 }, { shift: 53 }]) {
      expect(() => proveBounds(changed(TINY, "sigmoid", change))).toThrow(
        expect.objectContaining({ code: "program_malformed" }),
      );
    }
  });

  test("what is just beyond a bound, and takes what is just within", () => {
    const within: readonly Program[] = [
      TINY,
      FINE,
      NORMED,
      INDEXED,
      maxPositions(integers(TINY, "exponents", 0, 956), 66_311),
      maxPositions(integers(TINY, "exponents", 0, 65_535), 32_768),
      multiplier(TINY, "head", 2 ** 20),
      multiplier(TINY, "head", 0),
      changed(TINY, "mix", { sumBits: 15 }),
    ];
    for (const program of within) expect(() => proveBounds(program)).not.toThrow();
  });
});
