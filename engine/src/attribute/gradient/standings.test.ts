import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { STANDING_WHOLE, standings } from "./standings.js";

const score = fc.bigInt({ min: -(2n ** 110n), max: 2n ** 110n });
const record = fc.record({ score, owner: fc.nat(3), name: fc.nat(2) });

describe("standings", () => {
  it("are parts of all that moves, with their signs", () => {
    const { records, contributors } = standings([3n, -1n, 0n, 4n], ["ann", "ben", "ann", "ben"]);

    expect(records.map(({ standing }) => standing / STANDING_WHOLE)).toEqual([0.375, -0.125, 0, 0.5]);
    expect(contributors).toEqual([
      { contributor: "ann", records: 2, score: 3n, standing: 0.375 * STANDING_WHOLE },
      { contributor: "ben", records: 2, score: 3n, standing: 0.375 * STANDING_WHOLE },
    ]);
  });

  it("change for nobody when somebody contributes under several names", () => {
    fc.assert(
      fc.property(fc.array(record, { maxLength: 30 }), (records) => {
        const scores = records.map((one) => one.score);
        const whole = standings(
          scores,
          records.map(({ owner }) => `${owner}`),
        );
        const split = standings(
          scores,
          records.map(({ owner, name }) => `${owner}.${name}`),
        );

        expect(split.records).toEqual(whole.records);
        for (const { contributor, standing, score, records } of whole.contributors) {
          const names = split.contributors.filter((one) => one.contributor.startsWith(`${contributor}.`));
          expect(names.reduce((sum, one) => sum + one.standing, 0)).toBe(standing);
          expect(names.reduce((sum, one) => sum + one.score, 0n)).toBe(score);
          expect(names.reduce((sum, one) => sum + one.records, 0)).toBe(records);
        }
      }),
    );
  });

  it("are integers whose sizes are at most the whole, a step a record below it, and of the score's sign", () => {
    fc.assert(
      fc.property(fc.array(score, { minLength: 1, maxLength: 30 }), (scores) => {
        const { records } = standings(scores, scores.map(String));
        const sizes = records.reduce((sum, { standing }) => sum + Math.abs(standing), 0);

        expect(records.every(({ standing }) => Number.isInteger(standing))).toBe(true);
        expect(records.every(({ standing, score }) => standing === 0 || standing > 0 === score > 0n)).toBe(true);
        expect(sizes).toBeLessThanOrEqual(STANDING_WHOLE);
        if (scores.some((one) => one !== 0n)) expect(sizes).toBeGreaterThan(STANDING_WHOLE - scores.length);
      }),
    );
  });

  it("are zero where nothing moves anything, and none where there is nothing", () => {
    expect(standings([0n, 0n], ["ann", "ben"]).records.map(({ standing }) => standing)).toEqual([0, 0]);
    expect(standings([], [])).toEqual({ records: [], contributors: [] });
  });
});
