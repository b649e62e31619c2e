import { describe, expect, it } from "vitest";
import { together } from "./scores.js";
import { bm25Scores, ngramScores } from "./textScores.js";

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
