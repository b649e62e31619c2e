import { expect, test } from "vitest";
import { Comparison } from "./Comparison.js";

test("every logit counts, and those that differ", () => {
  const comparison = new Comparison();
  comparison.add([Int32Array.of(1, 2, 3)], [Int32Array.of(1, 2, 3)]);
  comparison.add([Int32Array.of(1, 2), Int32Array.of(4, 5)], [Int32Array.of(1, 3), Int32Array.of(5, 4)]);

  expect(comparison).toMatchObject({ compared: 7, different: 3 });
  expect(() => comparison.add([], [Int32Array.of(1)])).toThrow("0 rows are compared with 1");
});
