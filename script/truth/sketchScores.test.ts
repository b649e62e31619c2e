import { describe, expect, it } from "vitest";
import type { TextedGradients } from "./gradientScores.js";
import { sketchScores } from "./sketchScores.js";

const rows = (...values: number[][]) => values.map((row) => Float32Array.from(row));

describe("sketchScores", () => {
  const gradients: TextedGradients = {
    matrices: [{ name: "w", rows: 1, columns: 2 }],
    records: [rows([1, 0], [5, 0], [0, 1], [0, -1])],
    queries: [rows([2, 1])],
    texts: [[1], [2], [3], [4]],
    asked: [{ ids: [5, 6], from: 1 }],
  };

  it.each(["int8", "1-bit"] as const)("follow a gradient's direction, not its size: %s", async (kind) => {
    const [scores] = await sketchScores(gradients, kind);

    expect(scores![0]).toBeGreaterThan(0);
    expect(scores![1]).toBe(scores![0]);
    expect(Math.sign(scores![2]!)).toBe(-Math.sign(scores![3]!));
  });
});
