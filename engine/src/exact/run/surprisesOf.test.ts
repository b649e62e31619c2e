import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Program } from "../program/Program.js";
import { SURPRISE_GRID, surpriseTable } from "../program/tables.js";
import { randomSource } from "../testing/random.js";
import { tinyProgram } from "../testing/tinyProgram.js";
import { surprisesOf } from "./surprisesOf.js";

const TABLE = surpriseTable(SURPRISE_GRID);
const TINY = tinyProgram({ attribution: "base" });

/** A program whose surprises are those of compiled ones, over this many tokens. */
function programOf(vocabulary: number): Program {
  const { gridBits } = SURPRISE_GRID;
  return {
    ...TINY,
    shape: { ...TINY.shape, vocabulary },
    ops: TINY.ops.map((op) => (op.kind === "surprise" ? { ...op, gridBits } : op)),
    tables: new Map(TINY.tables).set("surprise", { kind: "integers", data: TABLE }),
  };
}

function surpriseOf(logits: Int32Array, token: number): number {
  return surprisesOf(programOf(logits.length), logits, [token])[0]!;
}

/** ⌊127 · (1 − p) + ½⌋ of a softmax in binary64. */
function byDefinition(logits: Int32Array, token: number): number {
  let top = logits[0]!;
  for (const logit of logits) top = Math.max(top, logit);
  const weight = (logit: number) => Math.exp((logit - top) / 4096);
  let sum = 0;
  for (const logit of logits) sum += weight(logit);
  return Math.floor(127 * (1 - weight(logits[token]!) / sum) + 0.5);
}

describe("surprises", () => {
  test("have a table that every machine rounds alike, far from halves", () => {
    expect(TABLE).toHaveLength(17_745);
    const margins = Array.from(TABLE, (weight, t) => {
      const exact = SURPRISE_GRID.largest * Math.exp(-t / 2 ** SURPRISE_GRID.gridBits);
      return 0.5 - Math.abs(exact - weight);
    });
    // A library's exp errs by 2^-52 of itself: 2^-28 of the greatest weight.
    expect(Math.min(...margins)).toBeGreaterThan(2 ** -16);
    expect(TABLE.every((weight, t) => t === 0 || weight <= TABLE[t - 1]!)).toBe(true);
  });

  test("are within one of the softmax's, for logits of any spread", () => {
    const spread = fc.integer({ min: 1, max: 2 ** 17 });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2000 }), spread, fc.nat(), (vocabulary, width, seed) => {
        const random = randomSource(seed);
        const logits = Int32Array.from({ length: vocabulary }, () => Math.floor(width * random()) - 2 ** 16);
        // The likely ones too, of which a random token is none.
        for (const token of [0, Math.floor(vocabulary * random()), logits.indexOf(Math.max(...logits))]) {
          const expected = byDefinition(logits, token);
          expect(Math.abs(surpriseOf(logits, token) - expected)).toBeLessThanOrEqual(1);
        }
      }),
      { numRuns: 200 },
    );
  });

  test.each([
    ["all alike", 0],
    ["half of all weight in what rounds to a unit", 4096 * Math.log(2 ** 18)],
    ["a tail that all rounds to nothing", 4096 * Math.log(2 ** 25) + 40],
    ["a tail that all rounds up", 4096 * Math.log(2 ** 25) - 40],
  ])("are within one over 2^18 tokens: %s", (_, distance) => {
    const logits = new Int32Array(2 ** 18).fill(-Math.round(distance));
    logits[7] = 0;
    for (const token of [7, 8]) {
      expect(Math.abs(surpriseOf(logits, token) - byDefinition(logits, token))).toBeLessThanOrEqual(1);
    }
  });

  test("are asked for of programs that have them, and of their tokens", () => {
    const logits = new Int32Array(11);
    expect([...surprisesOf(programOf(11), logits, [undefined])]).toEqual([0]);
    for (const token of [-1, 11, 0.5]) {
      expect(() => surpriseOf(logits, token)).toThrow(expect.objectContaining({ code: "token_out_of_range" }));
    }
    expect(() => surprisesOf(tinyProgram(), logits, [1])).toThrow(
      expect.objectContaining({ code: "program_malformed", message: expect.stringContaining("compile it with codes") }),
    );
  });
});
