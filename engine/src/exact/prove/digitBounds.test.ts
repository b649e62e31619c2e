import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fl, roundClamped } from "../reference/arithmetic.js";
import { type DigitKind, digitBounds, HALF_STEP } from "./digitBounds.js";
import { spread } from "./spread.js";
import { norm } from "./testing/RowProgram.js";

/** s and s·v of a row, by the arithmetic of `Op`. */
function stepped(row: readonly number[], levels: number, kind: DigitKind, limit: number) {
  const greatest = Math.max(...row.map(Math.abs), 2 ** -100);
  const scale = fl(Math.min(greatest, limit) / levels);
  const end = kind === "unsigned" ? 255 : 127;
  const high = row.map((x) => roundClamped(fl(x / scale), kind === "unsigned" ? 0 : -end, end));
  const low = row.map((x, i) => {
    if (kind !== "two") return 0;
    return roundClamped(fl(fl(x - fl(high[i]! * scale)) / fl(scale / 128)), -127, 127);
  });
  return { scale, high, low, codes: high.map((digit, i) => digit + low[i]! / 128) };
}

const KIND = fc.constantFrom<DigitKind>("one", "two", "unsigned");
/** Steps near halves, where rounding moves most, of rows whose step is a random float. */
const STEPS = fc.array(
  fc.tuple(
    fc.integer({ min: -127, max: 127 }),
    fc.constantFrom(0.5, 0, 1 / 256, 3 / 256),
    fc.integer({ min: -3, max: 3 }),
  ),
  { minLength: 1, maxLength: 12 },
);
const STEP = fc.float({ min: Math.fround(2 ** -110), max: Math.fround(2 ** 60), noNaN: true }).filter((x) => x > 0);

describe("digitBounds", () => {
  test("holds of rows near half steps, under limits too", () => {
    const limits = fc.constantFrom(Number.POSITIVE_INFINITY, 64, 0.5);
    fc.assert(
      fc.property(STEPS, STEP, KIND, limits, fc.constantFrom(127, 255, 45, 1), (steps, step, kind, part, most) => {
        const levels = kind === "unsigned" ? most : Math.min(most, 127);
        // The first is the largest where its level is: the row's step is then the one that the others are near halves of.
        const row = [[levels, 0, 0] as const, ...steps].map(([p, half, ulps]) => {
          const x = Math.fround(step * (p + half));
          const moved = Math.fround(x * (1 + ulps * 2 ** -23));
          return kind === "unsigned" ? Math.abs(moved) : moved;
        });
        const limit = Math.max(2 ** -100, Math.fround(Math.min(step * part, 2 ** 126)));
        const made = stepped(row, levels, kind, limit);

        const fact = { most: Float64Array.from(row, Math.abs) };
        const bounds = digitBounds(fact, { groups: 1, levels, kind, limits: [limit] });

        expect(made.scale).toBeLessThanOrEqual(bounds.scale.most[0]!);
        expect(made.scale).toBeGreaterThanOrEqual(bounds.scale.least[0]!);
        const outside = row.filter((x, i) => {
          const stands = made.scale * made.codes[i]!;
          const within =
            Math.abs(stands) <= bounds.most[i]! &&
            Math.abs(made.high[i]!) <= bounds.high[0]! &&
            Math.abs(made.low[i]!) <= bounds.low[0]! &&
            Math.abs(x / made.scale) <= bounds.quotient[0]! &&
            (bounds.saturates || Math.abs(x - stands) <= made.scale * HALF_STEP[kind]);
          return !within;
        });
        expect(outside).toEqual([]);
        const length = norm(made.codes.map((code) => code * made.scale));
        expect(length).toBeLessThanOrEqual(bounds.length(0, "rough"));
      }),
      { numRuns: 5_000 },
    );
  });

  test("a length known of the row is kept, but for half steps", () => {
    const x = { most: new Float64Array(4).fill(10), length: () => 10 };

    const { length } = digitBounds(x, { groups: 1, levels: 127, kind: "one" });

    const worst = norm([10, ...[1, 2, 3].map(() => 10 / 254)]);
    expect(length(0, "close")).toBeGreaterThan(worst);
    expect(length(0, "close")).toBeLessThan(10.08);
  });
});

describe("spread", () => {
  test("is the greatest part that steps hide of a row", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 127 }),
        fc.array(fc.tuple(fc.nat(127), fc.double({ min: -0.5, max: 0.5, noNaN: true })), { maxLength: 40 }),
        (levels, others) => {
          const digits = [levels, ...others.map(([digit]) => digit % (levels + 1))];
          const row = digits.map((digit, i) => (i === 0 ? digit : digit + others[i - 1]![1]));

          expect(norm(row) / norm(digits)).toBeLessThanOrEqual(spread(digits.length, levels));
        },
      ),
    );
    expect(spread(1, 127)).toBeLessThan(1 + 2 ** -20);
    // All others 6.5 steps that are told as 6.
    expect(spread(601, 127)).toBeGreaterThan(
      norm([127, ...new Array(600).fill(6.5)]) / norm([127, ...new Array(600).fill(6)]),
    );
    // Nothing but the first is told.
    expect(spread(101, 1)).toBeGreaterThan(norm([1, ...new Array(100).fill(1.5)]) / norm(new Array(101).fill(1)));
  });
});
