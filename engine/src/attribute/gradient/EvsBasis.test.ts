import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { EvsBasis } from "./EvsBasis.js";

const inner = (a: Float64Array, b: Float64Array) => a.reduce((sum, value, i) => sum + value * b[i]!, 0);
const number = fc.integer({ min: -40, max: 40 });

describe("EvsBasis", () => {
  it("is the inverse of the damped covariance where a matrix has one row", () => {
    const pair = fc.tuple(number, number);
    fc.assert(
      fc.property(fc.array(pair, { minLength: 3, maxLength: 8 }), pair, pair, (sample, q, r) => {
        const basis = EvsBasis.fit(
          { name: "w", rows: 1, columns: 2 },
          sample.map((g) => Float32Array.from(g)),
        );
        const of = (g: readonly number[]) => basis.whiten(Float32Array.from(g));
        const moment = (i: 0 | 1, j: 0 | 1) => sample.reduce((sum, g) => sum + g[i] * g[j], 0) / sample.length;
        const damping = (0.03 * (moment(0, 0) + moment(1, 1))) / 2;
        fc.pre(damping > 0);
        const [a, b, d] = [moment(0, 0) + damping, moment(0, 1), moment(1, 1) + damping];
        const expected = (q[0] * (d * r[0] - b * r[1]) + q[1] * (a * r[1] - b * r[0])) / (a * d - b * b);

        expect(inner(of(q), of(r))).toBeCloseTo(expected, 6);
      }),
      { numRuns: 200 },
    );
  });

  it("does not change with turned axes", () => {
    const [rows, columns] = [2, 3];
    const [cos, sin] = [Math.cos(0.7), Math.sin(0.7)];
    const turn = (g: Float32Array) =>
      Float32Array.from(g, (_, at) => {
        const [i, j] = [Math.floor(at / columns), at % columns];
        return i === 0 ? cos * g[j]! - sin * g[columns + j]! : sin * g[j]! + cos * g[columns + j]!;
      });
    const gradients = Array.from({ length: 12 }, (_, n) =>
      Float32Array.from({ length: rows * columns }, (_, i) => Math.sin(n * n + 2.3 * i + 1)),
    );
    const matrix = { name: "w", rows, columns };
    const plain = EvsBasis.fit(matrix, gradients);
    const turned = EvsBasis.fit(matrix, gradients.map(turn));

    for (const [q, r] of [
      [0, 1],
      [2, 7],
      [5, 5],
    ] as const) {
      const expected = inner(plain.whiten(gradients[q]!), plain.whiten(gradients[r]!));
      expect(inner(turned.whiten(turn(gradients[q]!)), turned.whiten(turn(gradients[r]!)))).toBeCloseTo(expected, 5);
    }
  });

  it("scores nothing where no gradient was anything", () => {
    const basis = EvsBasis.fit({ name: "w", rows: 2, columns: 2 }, [new Float32Array(4), new Float32Array(4)]);
    expect([...basis.whiten(Float32Array.of(1, 2, 3, 4))]).toEqual([0, 0, 0, 0]);
  });
});
