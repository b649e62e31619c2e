import { expect, it } from "vitest";
import { meanPerToken } from "./meanPerToken.js";

it("weighs texts by their tokens", () => {
  expect(
    meanPerToken([
      { sum: 30, tokens: 10 },
      { sum: 10, tokens: 10 },
      { sum: 20, tokens: 30 },
    ]).mean,
  ).toBe(1.2);
});

it("knows no doubt where all texts agree, and by how much it doubts where they do not", () => {
  const [same, other] = [
    { sum: 5, tokens: 10 },
    { sum: 15, tokens: 10 },
  ];

  expect(meanPerToken([same, same, same]).error).toBe(0);
  // of n texts of equal length the standard error of a mean: deviation / √n, with n − 1
  expect(meanPerToken([same, same, other, other]).error).toBeCloseTo(Math.sqrt((4 * 0.25) / 3) / 2, 12);
});
