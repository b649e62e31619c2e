import { describe, expect, it } from "vitest";
import { lds, spearman } from "./lds.js";

describe("lds", () => {
  const sets = [
    [0, 1],
    [0, 2],
    [1, 2],
    [2, 3],
    [0, 3],
  ].map((records) => ({ records: new Set(records) }));
  const truth = Float64Array.of(4, 1, 2, -3);
  const retrained = sets.map(({ records }) => ({
    records,
    outputs: Float64Array.of([...records].reduce((sum, record) => sum + truth[record]!, 0)),
  }));

  it("is 1 for who says what retraining does, −1 for the contrary, and nothing of who says nothing", () => {
    expect(lds([truth], retrained).mean).toBe(1);
    expect(lds([truth.map((value) => -value)], retrained).mean).toBe(-1);
    expect(lds([new Float64Array(4)], retrained)).toEqual({ mean: 0, error: 0 });
  });

  it("gives tied values their mean rank", () => {
    // ranks 1.5 1.5 3 against 1 2 3: 1.5/√(1.5 · 2)
    expect(spearman([5, 5, 9], [1, 2, 3])).toBeCloseTo(1.5 / Math.sqrt(1.5 * 2), 12);
  });
});
