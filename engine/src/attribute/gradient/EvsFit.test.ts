import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { EvsFit } from "./EvsFit.js";

const inner = (a: Float64Array, b: Float64Array) => a.reduce((sum, value, i) => sum + value * b[i]!, 0);
const number = fc.integer({ min: -40, max: 40 });

describe("EvsFit", () => {
  it("is the inverse of the damped covariance where a matrix has one row", () => {
    const pair = fc.tuple(number, number);
    fc.assert(
      fc.property(fc.array(pair, { minLength: 3, maxLength: 8 }), pair, pair, (sample, q, r) => {
        const basis = EvsFit.of(
          { name: "w", rows: 1, columns: 2 },
          sample.map((g) => Float32Array.from(g)),
        );
        const of = (g: readonly number[]) => basis.whiten(Float32Array.from(g));
        const moment = (i: 0 | 1, j: 0 | 1) => sample.reduce((sum, g) => sum + g[i] * g[j], 0) / sample.length;
        const damping = (0.1 * (moment(0, 0) + moment(1, 1))) / 2;
        fc.pre(damping > 0);
        const [a, b, d] = [moment(0, 0) + damping, moment(0, 1), moment(1, 1) + damping];
        const damped = (x: readonly number[], y: readonly number[]) =>
          (x[0]! * (d * y[0]! - b * y[1]!) + x[1]! * (a * y[1]! - b * y[0]!)) / (a * d - b * b);

        // axes have 16 bits
        const size = Math.sqrt(damped(q, q) * damped(r, r));
        expect(Math.abs(inner(of(q), of(r)) - damped(q, r))).toBeLessThanOrEqual(1e-3 * size);
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
    const plain = EvsFit.of(matrix, gradients);
    const turned = EvsFit.of(matrix, gradients.map(turn));

    for (const [q, r] of [
      [0, 1],
      [2, 7],
      [5, 5],
    ] as const) {
      const expected = inner(plain.whiten(gradients[q]!), plain.whiten(gradients[r]!));
      expect(inner(turned.whiten(turn(gradients[q]!)), turned.whiten(turn(gradients[r]!)))).toBeCloseTo(expected, 2);
    }
  });

  it("scores nothing where no gradient was anything", () => {
    const basis = EvsFit.of({ name: "w", rows: 2, columns: 2 }, [new Float32Array(4), new Float32Array(4)]);
    expect([...basis.whiten(Float32Array.of(1, 2, 3, 4))]).toEqual([0, 0, 0, 0]);
  });
});
