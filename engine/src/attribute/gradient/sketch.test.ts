import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FACTOR_ONE, sketchOf } from "./sketch.js";

const entries = fc.array(fc.double({ min: -50, max: 50, noNaN: true }), { minLength: 1, maxLength: 20 });

describe("sketchOf", () => {
  it("is of one length, and off by half a step at the most as int8", () => {
    fc.assert(
      fc.property(fc.array(entries, { minLength: 1, maxLength: 3 }), (matrices) => {
        const { factors, values } = sketchOf(
          matrices.map((matrix) => Float64Array.from(matrix)),
          "int8",
        );
        const all = matrices.flat();
        const size = Math.sqrt(all.reduce((sum, entry) => sum + entry * entry, 0) / all.length) || 1;
        let at = 0;
        for (const [m, matrix] of matrices.entries()) {
          const step = factors[m]! / FACTOR_ONE;
          // a factor is rounded too: by half of 2^-18 at each of 127 steps
          const off = step / 2 + 127 / FACTOR_ONE / 2 + 1e-9;
          for (const entry of matrix) expect(Math.abs(values[at++]! * step - entry / size)).toBeLessThanOrEqual(off);
        }
      }),
    );
  });

  it("does not change with a gradient's size", () => {
    fc.assert(
      fc.property(entries, fc.integer({ min: -20, max: 20 }), (matrix, power) => {
        const of = (size: number) => sketchOf([Float64Array.from(matrix, (entry) => size * entry)], "int8");
        fc.pre(matrix.every((entry) => entry === 0 || Math.abs(entry) > 1e-100));
        expect(of(2 ** power)).toEqual(of(1));
      }),
    );
  });

  it("keeps signs as one bit, of zero that of what is above it", () => {
    const { factors, values } = sketchOf([Float64Array.of(-0.5, 0, 3), Float64Array.of(-9)], "1-bit");
    expect([...values]).toEqual([-1, 1, 1, -1]);
    expect([...factors]).toEqual([FACTOR_ONE, FACTOR_ONE]);
  });

  it.each(["1-bit", "int8"] as const)("has nothing of a matrix without gradient: %s", (kind) => {
    const { factors, values } = sketchOf([new Float64Array(3), Float64Array.of(1e-9, -1e-9), Float64Array.of(1)], kind);
    expect([...factors.subarray(0, 2)]).toEqual([0, 0]);
    expect([...values]).toEqual([0, 0, 0, 0, 0, kind === "int8" ? 127 : 1]);

    const none = sketchOf([new Float64Array(3)], kind);
    expect([...none.factors, ...none.values]).toEqual([0, 0, 0, 0]);
  });

  it("rounds opposite texts to opposite sketches", () => {
    fc.assert(
      fc.property(entries, (matrix) => {
        const of = (sign: number) => sketchOf([Float64Array.from(matrix, (entry) => sign * entry)], "int8");
        expect([...of(-1).values].map((value) => 0 - value)).toEqual([...of(1).values]);
        expect(of(-1).factors).toEqual(of(1).factors);
      }),
    );
  });

  it("refuses what is no number, or beyond all numbers", () => {
    for (const entry of [Number.NaN, Number.NEGATIVE_INFINITY, 1e200]) {
      const refused = () => sketchOf([Float64Array.of(1, entry)], "int8");
      expect(refused).toThrow(expect.objectContaining({ code: "not_finite" }));
    }
  });
});
