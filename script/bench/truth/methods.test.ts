import { describe, expect, it } from "vitest";
import {
  bm25Scores,
  dataInfScores,
  type Gradients,
  gradDotScores,
  ngramScores,
  together,
  trakScores,
} from "./methods.js";

const rows = (...values: number[][]) => values.map((row) => Float32Array.from(row));

describe("methods over gradients", () => {
  // one record r and one query q: every inverse has a closed form, (λ + |r|²)⁻¹ along r
  const one: Gradients = {
    matrices: [{ name: "w", rows: 1, columns: 2 }],
    records: [rows([3, 4])],
    queries: [rows([2, 1])],
  };

  it("multiply, with or without the inverse of what records vary by", () => {
    const lambda = (0.1 * 25) / 2;

    expect(gradDotScores(one)[0]![0]).toBe(10);
    expect(trakScores(one)[0]![0]).toBeCloseTo(10 / (25 + 0.3 * 25), 10);
    expect(dataInfScores(one)[0]![0]).toBeCloseTo(10 / (lambda + 25), 10);
  });

  it("solve for several records together", () => {
    const several: Gradients = { ...one, records: [rows([1, 0], [1, 1], [0, 2])] };
    const kernel = [
      [1, 1, 0],
      [1, 2, 2],
      [0, 2, 4],
    ].map((row, i) => row.map((k, j) => (i === j ? k + 0.3 * (7 / 3) : k)));
    const [scores] = trakScores(several);

    // (K + λI) · scores is q · G again
    const back = kernel.map((row) => row.reduce((sum, k, j) => sum + k * scores![j]!, 0));
    [2, 3, 2].forEach((along, i) => {
      expect(back[i]).toBeCloseTo(along, 10);
    });
  });
});

describe("methods over texts", () => {
  it("find the record that shares rare runs", () => {
    const records = [
      [1, 2, 3, 4],
      [1, 9, 9, 9],
      [1, 5, 6, 7],
    ];
    const [scores] = ngramScores(records, [{ ids: [8, 1, 5, 6], from: 1 }]);

    expect([...scores!].indexOf(Math.max(...scores!))).toBe(2);
    expect(scores![1]).toBe(0);
    expect(bm25Scores(["red fox", "blue whale"], ["a whale"])[0]![1]).toBeGreaterThan(0);
  });

  it("count together in units of their own", () => {
    const small = [Float64Array.of(0.001, 0.003)];
    const large = [Float64Array.of(3000, 1000)];
    expect([...together(small, large)[0]!]).toEqual([2, 2].map((x) => expect.closeTo(x, 10)));
  });
});
