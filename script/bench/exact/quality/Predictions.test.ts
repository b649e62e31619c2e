import { expect, test } from "vitest";
import { Predictions } from "./Predictions.js";

test("perplexity is that of the targets, agreement that of the choices", () => {
  const first = new Predictions();
  // Probabilities 1/4, 3/4 and 1/2, 1/2.
  first.add(Float64Array.of(0, Math.log(3), 5, 5), [0, 1]);
  const second = new Predictions();
  second.add(Float64Array.of(0, 1, 0, 1), [0, 1]);

  expect(first.perplexity).toBeCloseTo(Math.sqrt(4 * 2), 12);
  expect(first.choices).toEqual([1, 0]);
  expect(second.agreement(first)).toBe(0.5);
});

test("large logits do not overflow", () => {
  const predictions = new Predictions();
  predictions.add(Float64Array.of(2000, 2000, -2000, 2000), [0, 1]);

  expect(predictions.perplexity).toBeCloseTo(Math.sqrt(2), 12);
});
