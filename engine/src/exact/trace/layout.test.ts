import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ARITHMETICS, type Program } from "../program/Program.js";
import { decodeElements } from "../reference/elementBytes.js";
import { ELEMENT_BYTES } from "../reference/Row.js";
import { lengthAt, shapesOf } from "../reference/shapes.js";
import { opVectors } from "../testing/extremes/opVectors.js";
import { ReferenceRows } from "../testing/ReferenceRows.js";
import { randomSource } from "../testing/random.js";
import { type TinySettings, tinyProgram } from "../testing/tinyProgram.js";
import { TINY_SETTINGS } from "../testing/tinySettings.js";
import { vectorRows } from "../testing/vectorRows.js";
import { opCases } from "../testing/vectors.js";
import { checkLimits } from "./checkLimits.js";
import { type LeafPlace, partCount, partsOf } from "./layout.js";
import { type Rows, StageRows } from "./StageRows.js";
import { inputsOf, recomputeElement } from "./steps.js";

function tokensOf(count: number, seed = 1): number[] {
  const random = randomSource(seed);
  return Array.from({ length: count }, () => Math.floor(random() * 11));
}

/** Leaves of an honest trace, made anew at every call. */
function leafOf(program: Program, rows: Rows, token: Honest["token"]) {
  const kept = new Map<string, Uint8Array[]>();
  return ({ op, position, part }: LeafPlace): Uint8Array => {
    const key = `${op} ${position}`;
    const leaves = kept.get(key) ?? new StageRows(program, rows, token).leaves(op, position);
    kept.set(key, leaves);
    return leaves[part]!;
  };
}

interface Honest {
  readonly program: Program;
  readonly leaf: (place: LeafPlace) => Uint8Array;
  readonly token: (position: number) => number | undefined;
}

function isBefore(a: LeafPlace, b: LeafPlace): boolean {
  if (a.position !== b.position) return a.position < b.position;
  return a.op !== b.op ? a.op < b.op : a.part < b.part;
}

/** An element recomputed from nothing but what `inputsOf` names. */
function recomputed({ program, leaf, token }: Honest, place: LeafPlace, element: number): number {
  const inputs = inputsOf(program, place, element);
  expect(inputs.length).toBeLessThanOrEqual(8);
  const allowed = new Set<string>();
  let bytes = 0;
  for (const input of inputs) {
    if (input.kind === "token") expect([place.position, place.position + 1]).toContain(input.position);
    if (input.kind !== "leaf") continue;
    expect(isBefore(input, place), `${JSON.stringify(input)} lies to the left`).toBe(true);
    allowed.add(`${input.op} ${input.position} ${input.part}`);
    bytes += leaf(input).length;
  }
  expect(bytes).toBeLessThanOrEqual(8192);
  return recomputeElement(program, place, element, {
    leaf(read) {
      if (!allowed.has(`${read.op} ${read.position} ${read.part}`)) throw new Error("read what it had not named");
      return leaf(read);
    },
    token,
  });
}

/** Checks elements of all parts of an operation at a position: all of them, or the ends and some between. */
function checkOp(honest: Honest, op: number, position: number, most = Number.POSITIVE_INFINITY): number {
  let checked = 0;
  for (const [part, { type, from, to, bytes }] of partsOf(honest.program, op, position).entries()) {
    expect(bytes).toBeLessThanOrEqual(1024);
    const place = { op, position, part };
    const elements = decodeElements(type, to - from, honest.leaf(place));
    const stride = Math.max(1, Math.floor((to - from) / most));
    for (let element = 0; element < to - from; element += stride) {
      expect(recomputed(honest, place, element), `${JSON.stringify(place)} ${element}`).toBe(elements[element]);
      checked++;
    }
  }
  return checked;
}

describe("the layout of a trace", () => {
  test("numbers parts that cover every stage's row", () => {
    const program = tinyProgram({ hidden: 2100, feedForward: 4200, digits: 2, weightDigits: 2 });
    for (const [op, { kind }] of program.ops.entries()) {
      const parts = partsOf(program, op, 40);
      expect(partCount(program, op, 40)).toBe(parts.length);
      for (const [i, { stage, name, type, from, to, bytes }] of parts.entries()) {
        expect(bytes).toBe((to - from) * ELEMENT_BYTES[type]);
        const before = parts[i - 1];
        if (before?.stage === stage) expect([before.to, before.bytes], kind).toEqual([from, 1024]);
        else expect([from, stage]).toEqual([0, (before?.stage ?? -1) + 1]);
        if (i === parts.length - 1) {
          expect(name).toBe("row");
          expect([type, to]).toEqual([shapesOf(program)[op]!.type, lengthAt(shapesOf(program)[op]!, 40)]);
        }
      }
    }
  });

  test("has the stages that its description says", () => {
    const stages = (program: Program, kind: string, position: number) => {
      const op = program.ops.findLastIndex((found) => found.kind === kind);
      return [...new Set(partsOf(program, op, position).map(({ stage, name }) => `${stage} ${name}`))];
    };
    const long = tinyProgram({ hidden: 5000, digits: 2, weightDigits: 2, maxPositions: 8000 });

    expect(stages(long, "linear", 0)).toEqual(["0 chunks", "1 sums", "2 row"]);
    expect(stages(tinyProgram({ hidden: 2048, digits: 2 }), "linear", 0)).toEqual(["0 row"]);
    expect(stages(tinyProgram({ hidden: 2049, digits: 2 }), "linear", 0)).toEqual(["0 chunks", "1 row"]);
    expect(stages(tinyProgram({ hidden: 3072 }), "linear", 0)).toEqual(["0 row"]);
    expect(stages(tinyProgram({ hidden: 3073 }), "linear", 0)).toEqual(["0 chunks", "1 row"]);
    expect(stages(long, "rowScale", 0)).toEqual(["0 partials", "1 row"]);
    expect(stages(tinyProgram({ hidden: 1536 }), "rowScale", 0)).toEqual(["0 row"]);
    expect(stages(long, "scoreMax", 1535)).toEqual(["0 row"]);
    expect(stages(long, "scoreMax", 1536)).toEqual(["0 partials", "1 row"]);
    expect(stages(long, "sum", 3071)).toEqual(["0 row"]);
    expect(stages(long, "sum", 3072)).toEqual(["0 partials", "1 row"]);
    expect(stages(long, "mix", 0)).toEqual(["0 pages", "1 partials", "2 row"]);
    expect(stages(long, "mix", 383)).toEqual(["0 pages", "1 partials", "2 row"]);
    expect(stages(long, "mix", 384)).toEqual(["0 pages", "1 partials", "2 sums", "3 row"]);
    expect(stages(long, "mix", 64 * 48)).toEqual(["0 pages", "1 partials", "2 sums", "3 sums", "4 row"]);
    const wide = { heads: 1, headDim: 1026, maxPositions: 4 };
    expect(stages(tinyProgram(wide), "scores", 1)).toEqual(["0 row"]);
    expect(stages(tinyProgram({ ...wide, attentionDigits: 2 }), "scores", 1)).toEqual(["0 products", "1 row"]);
    const small = tinyProgram({ attribution: "indexed", vocabulary: 1536 });
    const surprise = ["greatest", "weights", "sums", "row"].map((name, i) => `${i} ${name}`);
    expect(stages(small, "surprise", 0)).toEqual(surprise);
    const larger = tinyProgram({ attribution: "indexed", vocabulary: 1537 });
    expect(stages(larger, "surprise", 0)).toEqual(["0 partials", "1 greatest", "2 weights", "3 sums", "4 row"]);
    for (const kind of ["similarity", "denominator", "credit"]) expect(stages(small, kind, 0)).toEqual(["0 row"]);
  });

  test("lets every element of small programs be recomputed from what its step names", () => {
    fc.assert(
      fc.property(TINY_SETTINGS, fc.integer({ min: 1, max: 40 }), (settings, count) => {
        const program = tinyProgram(settings);
        const rows = new ReferenceRows(program, tokensOf(count, settings.seed));
        const honest = { program, leaf: leafOf(program, rows.row, rows.token), token: rows.token };
        const kinds = program.ops.keys();
        for (const op of kinds) expect(checkOp(honest, op, count - 1, 40)).toBeGreaterThan(0);
        checkLimits(program);
      }),
      { numRuns: 25 },
    );
  });

  test.each<[string, Partial<TinySettings>]>([
    ["linears in chunks and sums of chunks", { feedForward: 5200, digits: 2, weightDigits: 2, attentionDigits: 2 }],
    ["norms of long rows, biases", { hidden: 3100, biases: "all", vocabulary: 11 }],
    ["heads across leaves", { hidden: 9, heads: 4, kvHeads: 4, headDim: 600, attentionDigits: 2, digits: 2 }],
  ])("lets elements of wide programs be recomputed: %s", (_, settings) => {
    for (const arithmetic of ARITHMETICS) {
      const program = tinyProgram({ maxPositions: 8, arithmetic, ...settings });
      const rows = new ReferenceRows(program, tokensOf(3));
      const honest = { program, leaf: leafOf(program, rows.row, rows.token), token: rows.token };
      for (const op of program.ops.keys()) checkOp(honest, op, 2, 5);
      checkLimits(program);
    }
  });

  test("lets elements of long rows of keys be recomputed", () => {
    for (const found of opCases(opVectors())) {
      const { name, program, op, position, source } = found;
      const rows = vectorRows(found);
      const honest = { program, leaf: leafOf(program, rows, source.token), token: source.token };
      expect(checkOp(honest, op, position, 12), name).toBeGreaterThan(0);
    }
  });

  test.each(ARITHMETICS)("shows a changed element wherever it is: %s", (arithmetic) => {
    const program = tinyProgram({ arithmetic, digits: 2, kvHeads: 2, headNorms: "all" });
    const rows = new ReferenceRows(program, tokensOf(20));
    const honest = { program, leaf: leafOf(program, rows.row, rows.token), token: rows.token };
    const ops = fc.integer({ min: 0, max: program.ops.length - 1 });
    fc.assert(
      fc.property(ops, fc.integer({ min: 0, max: 19 }), fc.nat(), fc.nat(), fc.nat(), (op, position, p, e, bit) => {
        const parts = partsOf(program, op, position);
        const part = p % parts.length;
        const { type, from, to } = parts[part]!;
        const element = e % (to - from);
        const place = { op, position, part };
        const bytes = honest.leaf(place).slice();
        const flipped = bit % (8 * ELEMENT_BYTES[type]);
        bytes[element * ELEMENT_BYTES[type] + Math.floor(flipped / 8)]! ^= 1 << (flipped % 8);

        expect(recomputed(honest, place, element)).not.toBe(decodeElements(type, to - from, bytes)[element]);
      }),
      { numRuns: 300 },
    );
  });

  test("shows what a false input makes of a step, or that its bound is broken", () => {
    const program = tinyProgram();
    const rows = new ReferenceRows(program, tokensOf(20));
    const honest = { program, leaf: leafOf(program, rows.row, rows.token), token: rows.token };
    const op = program.ops.findIndex(({ kind }) => kind === "mix");
    const place = { op, position: 19, part: 2 };
    const input = inputsOf(program, place, 0).find((found) => found.kind === "leaf" && found.op === op)!;

    const found = recomputeElement(program, place, 0, {
      leaf: (read) => honest.leaf(read).map((byte, i) => (read.op === op && i === 1 ? byte ^ 0xff : byte)),
      token: rows.token,
    });
    expect(input).toEqual({ kind: "leaf", op, position: 19, part: 1 });
    expect(found).not.toBe(rows.row(op, 19)[0]);

    const broken = { leaf: (read: LeafPlace) => honest.leaf(read).fill(0x80), token: rows.token };
    const linear = program.ops.findIndex(({ kind }) => kind === "linear");
    expect(() => recomputeElement(program, { op: linear, position: 3, part: 0 }, 1, broken)).toThrow(
      expect.objectContaining({ code: "bound_violated" }),
    );
    const short = { leaf: (read: LeafPlace) => honest.leaf(read).subarray(1), token: rows.token };
    expect(() => recomputeElement(program, { op: linear, position: 3, part: 0 }, 1, short)).toThrow("A leaf has");
  });

  test("has no part and no element beyond the last", () => {
    const program = tinyProgram();
    const none = { leaf: () => new Uint8Array(0), token: () => 0 };
    expect(() => recomputeElement(program, { op: 0, position: 0, part: 1 }, 0, none)).toThrow(
      "Operation 0 has 1 parts at position 0, no part 1.",
    );
    expect(() => inputsOf(program, { op: 0, position: 0, part: 0 }, 8)).toThrow("Element 8 is not one of a leaf's 8.");
  });

  test("refuses a program whose step reads too much", () => {
    const program = tinyProgram({ hidden: 2, heads: 1, headDim: 5120, maxPositions: 2, vocabulary: 1, feedForward: 1 });
    const op = program.ops.findIndex(({ kind }) => kind === "scores");

    expect(() => checkLimits(program)).toThrow(
      expect.objectContaining({
        code: "step_too_large",
        message: `Operation ${op} (scores): an element of its products reads up to 12 leaves; 8 are the limit.`,
      }),
    );
  });
});
