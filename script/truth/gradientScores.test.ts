import { describe, expect, it } from "vitest";
import { dataInfScores, type Gradients, gradDotScores, trakScores } from "./gradientScores.js";

const rows = (...values: number[][]) => values.map((row) => Float32Array.from(row));

describe("methods over gradients", () => {
  // one record r and one query q: every inverse has a closed form, (λ + |r|²)⁻¹ along r
  const one: Gradients = {
    matrices: [{ name: "w", rows: 1, columns: 2 }],
    records: [rows([3, 4])],
    queries: [rows([2, 1])],
  };

  it("multiply, with or without the inverse of what records vary by", async () => {
    const lambda = (0.1 * 25) / 2;

    expect(gradDotScores(one)[0]![0]).toBe(10);
    expect((await trakScores(one))[0]![0]).toBeCloseTo(10 / (25 + 0.3 * 25), 10);
    expect((await dataInfScores(one))[0]![0]).toBeCloseTo(10 / (lambda + 25), 10);
  });

  it("solve for several records together", async () => {
    const several: Gradients = { ...one, records: [rows([1, 0], [1, 1], [0, 2])] };
    const kernel = [
      [1, 1, 0],
      [1, 2, 2],
      [0, 2, 4],
    ].map((row, i) => row.map((k, j) => (i === j ? k + 0.3 * (7 / 3) : k)));
    const [scores] = await trakScores(several);

    // (K + λI) · scores is q · G again
    const back = kernel.map((row) => row.reduce((sum, k, j) => sum + k * scores![j]!, 0));
    [2, 3, 2].forEach((along, i) => {
      expect(back[i]).toBeCloseTo(along, 10);
    });
  });

  it("stop where they are told to", async () => {
    const stop = new AbortController();
    stop.abort(new Error("enough"));

    await expect(trakScores(one, { signal: stop.signal })).rejects.toThrow("enough");
    await expect(dataInfScores(one, { signal: stop.signal })).rejects.toThrow("enough");
  });
});
