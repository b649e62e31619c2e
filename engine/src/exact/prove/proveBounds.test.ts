import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ExactError } from "../errors.js";
import { ARITHMETICS } from "../program/Program.js";
import { randomSource } from "../testing/random.js";
import { type TinySettings, tinyProgram } from "../testing/tinyProgram.js";
import { proveBounds } from "./proveBounds.js";
import { HOSTILITIES } from "./testing/hostilities.js";
import { escapesOf } from "./testing/observedBounds.js";

const SETTINGS: fc.Arbitrary<Partial<TinySettings>> = fc
  .record({
    seed: fc.integer({ min: 0, max: 100_000 }),
    digits: fc.constantFrom<1 | 2>(1, 2),
    weightDigits: fc.constantFrom<1 | 2>(1, 2),
    attentionDigits: fc.constantFrom<1 | 2>(1, 2),
    hidden: fc.constantFrom(1, 8, 13),
    kvHeads: fc.constantFrom(1, 2),
    groups: fc.constantFrom(1, 2),
    headDim: fc.constantFrom(2, 4, 6),
    feedForward: fc.integer({ min: 1, max: 9 }),
    window: fc.constantFrom(null, 1, 3),
    layers: fc.constantFrom(1, 2),
    mlp: fc.constantFrom<"gated" | "plain">("gated", "plain"),
    biases: fc.constantFrom<"none" | "all">("none", "all"),
    headNorms: fc.constantFrom<"none" | "all">("none", "all"),
    positions: fc.constantFrom<"rotary" | "learned">("rotary", "learned"),
    attribution: fc.constantFrom<"none" | "base" | "indexed">("none", "base", "indexed"),
    arithmetic: fc.constantFrom(...ARITHMETICS),
  })
  .map(({ groups, ...settings }) => ({ ...settings, heads: groups * settings.kvHeads }));

const TOKENS = fc.array(fc.integer({ min: 0, max: 10 }), { minLength: 1, maxLength: 8 });

describe("proveBounds", () => {
  test("bounds everything that programs make", () => {
    fc.assert(
      fc.property(SETTINGS, TOKENS, (settings, tokens) => {
        const program = tinyProgram(settings);

        const report = proveBounds(program);

        expect(report.ops.map(({ kind }) => kind)).toEqual(program.ops.map(({ kind }) => kind));
        expect(escapesOf(program, report, tokens)).toEqual([]);
      }),
      { numRuns: 100 },
    );
  });

  const run = (names: readonly string[], settings: Partial<TinySettings>, seed: number, tokens: number[]) => {
    const random = randomSource(seed);
    const program = names.reduce((made, name) => HOSTILITIES[name]!(made, random), tinyProgram(settings));
    let report: ReturnType<typeof proveBounds>;
    try {
      report = proveBounds(program);
    } catch (error) {
      expect(error).toBeInstanceOf(ExactError);
      expect(["bound_unprovable", "program_malformed"]).toContain((error as ExactError).code);
      return "refused";
    }
    expect(escapesOf(program, report, tokens)).toEqual([]);
    return "proven";
  };

  test("refuses or bounds what hostile tables and operations make", () => {
    const some = fc.array(fc.constantFrom(...Object.keys(HOSTILITIES)), { minLength: 1, maxLength: 3 });
    const outcomes = { proven: 0, refused: 0 };
    fc.assert(
      fc.property(some, SETTINGS, fc.nat(), TOKENS, (names, settings, seed, tokens) => {
        outcomes[run(names, settings, seed, tokens)]++;
      }),
      { numRuns: 500 },
    );
    // Neither refuses nor takes everything, or the property shows nothing.
    expect(outcomes.proven).toBeGreaterThan(50);
    expect(outcomes.refused).toBeGreaterThan(50);
  });
});
