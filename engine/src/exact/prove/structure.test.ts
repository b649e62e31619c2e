import { describe, expect, test } from "vitest";
import type { Op, OpKind } from "../program/Op.js";
import type { Program } from "../program/Program.js";
import { tinyProgram } from "../testing/tinyProgram.js";
import { proveBounds } from "./proveBounds.js";
import { withOp, withTable } from "./testing/hostilities.js";
import { RowProgram } from "./testing/RowProgram.js";

// Programs whose inputs have the right shapes and are made of something else than what a bound rests on.

const TWO = tinyProgram({ layers: 2, headNorms: "all" });
const FINE = tinyProgram({ layers: 2, digits: 2, attentionDigits: 2 });

/** The operation of a kind, counted from the first. */
function find<K extends OpKind>(program: Program, kind: K, count: number) {
  const at = [...program.ops.keys()].filter((i) => program.ops[i]!.kind === kind)[count]!;
  return { at, op: program.ops[at] as Op & { readonly kind: K } };
}

/** Fields of the second operation of a kind become those of the first, which has another row. */
function crossed<K extends OpKind>(program: Program, kind: K, fields: readonly string[], from = 0, to = 1): Program {
  const other = find(program, kind, from).op as unknown as Record<string, unknown>;
  return withOp(program, find(program, kind, to).at, Object.fromEntries(fields.map((field) => [field, other[field]])));
}

function rowProgram(make: (rows: RowProgram) => void): Program {
  const rows = new RowProgram([[1, 2, 3, 4, 5, 6, 7, 8]]);
  make(rows);
  return rows.program;
}

const CROSSED: readonly (readonly [string, Program, OpKind])[] = [
  ["digits in steps of another row", crossed(TWO, "quantize", ["scale"], 0, 4), "quantize"],
  ["low digits in steps of another row", crossed(FINE, "quantizeRest", ["scale"], 0, 3), "quantizeRest"],
  ["low digits below another row's high ones", crossed(FINE, "quantizeRest", ["high"], 0, 3), "quantizeRest"],
  ["a linear of one row's digits and another's scale", crossed(TWO, "linear", ["scale"], 1, 5), "linear"],
  [
    "a linear of high and low digits of two rows",
    withOp(FINE, find(FINE, "linear", 5).at, {
      q: [find(FINE, "linear", 5).op.q[0], find(FINE, "linear", 1).op.q[1]!],
    }),
    "linear",
  ],
  ["a norm of another row's squares", crossed(TWO, "multiplyChannels", ["x"]), "normScale"],
  ["a norm of squares in another row's steps", crossed(TWO, "normScale", ["squaresScale"], 0, 2), "normScale"],
  ["normed heads by another row's factor", crossed(TWO, "normHeads", ["scale"]), "normHeads"],
  [
    "normed heads by vectors of half their size",
    withTable<"floats">(TWO, "layer.0.headNorms", (t) => ({ ...t, columns: 2, data: t.data.subarray(0, 6) })),
    "normHeads",
  ],
  [
    "normed heads by a factor of digits",
    rowProgram((rows) => {
      const { scale, digits } = rows.quantize(rows.x);
      const squares = rows.push({ kind: "sumSquares", q: digits[0], groups: 1 });
      const factor = rows.push({ kind: "normScale", squares, squaresScale: scale, epsilon: 1, by: { scale } });
      rows.push({ kind: "normHeads", x: rows.x, scale: factor, vector: rows.floats("v", [[1, 1, 1, 1, 1, 1, 1, 1]]) });
    }),
    "normHeads",
  ],
  [
    "a linear of digits in other steps than its scale's",
    rowProgram((rows) => {
      const { digits } = rows.quantize(rows.x);
      const { scale } = rows.quantize(rows.x, { levels: 1 });
      rows.push({ kind: "linear", q: digits, scale, weights: rows.matrix("w", [[1, 1, 1, 1, 1, 1, 1, 1]]) });
    }),
    "linear",
  ],
  [
    "a linear by a factor of a row",
    rowProgram((rows) => {
      const { scale, digits } = rows.quantize(rows.x);
      const squares = rows.push({ kind: "sumSquares", q: digits[0], groups: 1 });
      const by = { numerator: 1 };
      const factor = rows.push({ kind: "normScale", squares, squaresScale: scale, epsilon: 1, by });
      rows.push({ kind: "linear", q: digits, scale: factor, weights: rows.matrix("w", [[1, 1, 1, 1, 1, 1, 1, 1]]) });
    }),
    "linear",
  ],
  ["exponents below another layer's maximum", crossed(TWO, "exponent", ["max"]), "exponent"],
  ["weights by another layer's values", crossed(TWO, "weigh", ["scale"]), "weigh"],
  ["a mean by another layer's sum", crossed(TWO, "mix", ["sum"]), "mix"],
  ["a mean in another layer's steps", crossed(TWO, "mix", ["weightScale"]), "mix"],
  [
    "a mean of another window",
    withOp(TWO, find(TWO, "mix", 0).at, { shape: { ...find(TWO, "mix", 0).op.shape, window: 3 } }),
    "mix",
  ],
  [
    "squares of rows with an element a key",
    (() => {
      const { ops } = FINE;
      const high = ops.findIndex((op, i) => op.kind === "quantize" && ops[op.x]!.kind === "weigh" && i > 0);
      return { ...FINE, ops: [...ops, { kind: "sumSquares", q: high, groups: 2 }] };
    })(),
    "sumSquares",
  ],
];

describe("proveBounds refuses what is put together otherwise", () => {
  test.each(CROSSED)("%s", (_, program, kind) => {
    expect(() => proveBounds(program)).toThrow(
      expect.objectContaining({
        code: "bound_unprovable",
        unproven: expect.objectContaining({ kind, bound: "inputs belong together" }),
      }),
    );
  });

  test("but not what was crossed to make it", () => {
    for (const program of [TWO, FINE]) expect(() => proveBounds(program)).not.toThrow();
  });
});
