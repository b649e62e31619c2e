import { describe, expect, test } from "vitest";
import type { Program } from "../program/Program.js";
import { tinyProgram } from "../testing/tinyProgram.js";
import type { Row } from "./Row.js";
import { referenceElement, referenceOp } from "./referenceOp.js";
import { referenceRun } from "./referenceRun.js";
import { lengthAt, shapesOf } from "./shapes.js";

const TOKENS = [3, 10, 0, 7, 7, 1, 5, 2, 9, 4];

const VARIANTS = {
  "8 bits": tinyProgram(),
  "16-bit activations": tinyProgram({ digits: 2 }),
  "15 bits everywhere": tinyProgram({ digits: 2, weightDigits: 2, attentionDigits: 2 }),
  "two layers, window of 3": tinyProgram({ layers: 2, window: 3 }),
  "biases, head norms, many key heads": tinyProgram({ biases: "all", headNorms: "all", kvHeads: 2 }),
  "GELU and learned positions": tinyProgram({ mlp: "plain", positions: "learned", biases: "all", seed: 5 }),
  "integers, 8 bits": tinyProgram({ arithmetic: "integer" }),
  "integers, 15 bits everywhere": tinyProgram({
    arithmetic: "integer",
    digits: 2,
    weightDigits: 2,
    attentionDigits: 2,
    window: 3,
  }),
  "integers, head norms and learned positions": tinyProgram({
    arithmetic: "integer",
    headNorms: "all",
    positions: "learned",
    mlp: "plain",
    biases: "all",
    kvHeads: 2,
    digits: 2,
  }),
};

function trace(program: Program, tokens = TOKENS): Row[][] {
  const rows: Row[][] = tokens.map(() => []);
  referenceRun(program, tokens, { onRow: (op, position, row) => (rows[position]![op] = row) });
  return rows;
}

function sourceOf(rows: readonly (readonly Row[])[], tokens = TOKENS) {
  return { row: (value: number, at: number) => rows[at]![value]!, token: (at: number) => tokens[at]! };
}

describe("referenceRun", () => {
  test.each(Object.entries(VARIANTS))("gives rows of the declared shapes: %s", (_, program) => {
    const rows = trace(program);

    const shapes = shapesOf(program);
    rows.forEach((row, position) => {
      expect(row.map((values) => values.length)).toEqual(shapes.map((shape) => lengthAt(shape, position)));
    });
    // Not all of the digits are zero or saturated, or the fixture shows nothing.
    program.ops.forEach((op, i) => {
      if (op.kind === "sumSquares" || op.kind === "signBits") return;
      const values = new Set(rows.flatMap((row) => [...row[i]!]));
      expect(values.size, `${i} ${op.kind}`).toBeGreaterThan(op.kind === "rowScale" ? 2 : 4);
    });
  });

  test.each(Object.entries(VARIANTS))("is causal and has no other memory: %s", (_, program) => {
    const whole = referenceRun(program, TOKENS).logits;

    expect(referenceRun(program, TOKENS.slice(0, 6)).logits).toEqual(whole.slice(0, 6));
    expect(referenceRun(program, [...TOKENS.slice(0, 9), 5]).logits[9]).not.toEqual(whole[9]);
  });

  test("sees every earlier position without a window, none beyond it with one", () => {
    const changed = [8, ...TOKENS.slice(1)];
    const wide = tinyProgram();
    const narrow = tinyProgram({ window: 3 });

    expect(referenceRun(wide, changed).logits[9]).not.toEqual(referenceRun(wide, TOKENS).logits[9]);
    expect(referenceRun(narrow, changed).logits[2]).not.toEqual(referenceRun(narrow, TOKENS).logits[2]);
    expect(referenceRun(narrow, changed).logits.slice(3)).toEqual(referenceRun(narrow, TOKENS).logits.slice(3));
  });

  test("refuses a token beyond the vocabulary", () => {
    expect(() => referenceRun(tinyProgram(), [3, 11])).toThrow(expect.objectContaining({ code: "row_malformed" }));
  });
});

describe("referenceOp", () => {
  test.each(Object.entries(VARIANTS))("makes each row of a run again, element by element too: %s", (_, program) => {
    const rows = trace(program);
    const source = sourceOf(rows);
    for (const position of [0, 1, 9]) {
      program.ops.forEach((op, i) => {
        const row = rows[position]![i]!;

        expect(referenceOp(program, i, position, source), op.kind).toEqual(row);
        const last = row.length - 1;
        expect(referenceElement(program, i, position, last, source)).toBe(row[last]);
      });
    }
  });

  test("names operation, position, element and value where a bound does not hold", () => {
    const program = tinyProgram();
    const rows = trace(program);
    const linear = program.ops.findIndex((op) => op.kind === "linear");
    const op = program.ops[linear] as Extract<Program["ops"][number], { kind: "linear" }>;
    rows[4]![op.q[0]] = Int8Array.from(rows[4]![op.q[0]]!, (d, i) => (i === 2 ? -128 : d));

    expect(() => referenceOp(program, linear, 4, sourceOf(rows))).toThrow(
      expect.objectContaining({
        code: "bound_violated",
        site: { op: linear, kind: "linear", position: 4, element: 0, value: -128 },
      }),
    );
  });

  test.each([
    ["NaN", Number.NaN],
    ["Infinity", Number.POSITIVE_INFINITY],
  ])("refuses a row with %s in whatever reads it", (_, poison) => {
    const program = tinyProgram({ headNorms: "all" });
    const readers = program.ops.flatMap((op, i) => ("x" in op && op.kind !== "sum" ? [{ i, x: op.x }] : []));
    expect(readers.length).toBeGreaterThan(15);
    for (const { i, x } of readers) {
      const rows = trace(program);
      rows[2]![x] = new Float32Array(rows[2]![x]!.length).fill(poison);

      expect(() => referenceOp(program, i, 2, sourceOf(rows)), program.ops[i]!.kind).toThrow(
        expect.objectContaining({ code: "bound_violated" }),
      );
    }
  });

  test("refuses rows of another type or length", () => {
    const program = tinyProgram();
    const rows = trace(program);
    rows[1]![0] = new Float32Array(7);

    expect(() => referenceOp(program, 1, 1, sourceOf(rows))).toThrow("Value 0 at position 1 is f32[7], not f32[8].");
  });

  test("refuses a score that leaves its grid and an exponent's argument off it", () => {
    const program = tinyProgram();
    const rows = trace(program);
    const scores = program.ops.findIndex((op) => op.kind === "scores");
    const op = program.ops[scores] as Extract<Program["ops"][number], { kind: "scores" }>;
    const scale = rows[3]![op.scale]!;
    rows[3]![op.scale] = scale.map(() => 2 ** 12);
    expect(() => referenceOp(program, scores, 3, sourceOf(rows))).toThrow("a score is below 2^16");

    rows[3]![scores] = rows[3]![scores]!.map((u) => u + 2 ** -6);
    rows[3]![scores + 1]![0]! += 2 ** -5;
    rows[3]![scores]![0] = 1 / 3;
    expect(() => referenceOp(program, scores + 2, 3, sourceOf(rows))).toThrow("an exponent's argument is on its grid");
  });
});

describe("shapesOf", () => {
  test("names the operation that does not fit its inputs", () => {
    const program = tinyProgram();
    const ops = [...program.ops];
    const linear = ops.findIndex((op) => op.kind === "linear");
    ops[linear] = { ...(ops[linear] as Extract<Program["ops"][number], { kind: "linear" }>), weights: "layer.0.down" };

    expect(() => shapesOf({ ...program, ops })).toThrow(
      expect.objectContaining({
        code: "program_malformed",
        message: `Operation ${linear} (linear): 8 inputs, not 12.`,
      }),
    );
    expect(() => shapesOf({ ...program, ops: [{ kind: "add", x: 0, y: 0 }] })).toThrow("value 0 is not made before it");
    expect(() => shapesOf({ ...program, ops: [{ kind: "embed", table: "no such" }] })).toThrow(
      'Table "no such" is absent',
    );
  });
});
