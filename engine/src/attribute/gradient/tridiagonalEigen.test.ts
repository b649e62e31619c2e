import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { tridiagonalEigen } from "./tridiagonalEigen.js";

const size = 7;
const factors = fc.array(fc.integer({ min: -9, max: 9 }), { minLength: size * 3, maxLength: size * 3 });

describe("tridiagonalEigen", () => {
  it("finds orthonormal axes in which nothing is correlated, the largest first, also where values repeat", () => {
    fc.assert(
      fc.property(factors, (f) => {
        // of rank three at most: four values or more are zero
        const matrix = Float64Array.from({ length: size * size }, (_, at) =>
          [0, 1, 2].reduce((sum, k) => sum + f[Math.floor(at / size) * 3 + k]! * f[(at % size) * 3 + k]!, 0),
        );
        const axes = tridiagonalEigen(matrix, size);
        const axis = (i: number) => [...axes.subarray(i * size, (i + 1) * size)];
        const inner = (a: readonly number[], b: readonly number[]) => a.reduce((sum, x, i) => sum + x * b[i]!, 0);
        const times = (a: readonly number[]) =>
          a.map((_, i) => inner([...matrix.subarray(i * size, (i + 1) * size)], a));

        const values = Array.from({ length: size }, (_, i) => inner(axis(i), times(axis(i))));
        for (let i = 0; i < size; i++) {
          for (let j = 0; j < size; j++) {
            expect(inner(axis(i), axis(j))).toBeCloseTo(i === j ? 1 : 0, 10);
            if (i !== j) expect(inner(axis(i), times(axis(j)))).toBeCloseTo(0, 8);
          }
          if (i > 0) expect(values[i]!).toBeLessThanOrEqual(values[i - 1]! + 1e-8);
        }
      }),
    );
  });

  it("takes one number, and nothing but zeros", () => {
    expect([...tridiagonalEigen(Float64Array.of(-3), 1)]).toEqual([1]);
    expect([...tridiagonalEigen(new Float64Array(4), 2)].map(Math.abs).sort()).toEqual([0, 0, 1, 1]);
  });
});
