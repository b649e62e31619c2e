import { integerLogits, LOGIT_ONE } from "@openledger/engine";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { greedyIntegerToken, greedyToken } from "./greedyToken.js";

test("the lowest of equal logits is chosen", () => {
  expect(greedyToken(Float32Array.of(1, 3, 2, 3))).toBe(1);
  // 3 and 3 + 2^-14 are the same integer logit.
  expect(greedyIntegerToken(Float32Array.of(1, 3, 2, 3 + 2 ** -14), LOGIT_ONE)).toBe(1);
  expect(greedyIntegerToken(Float32Array.of(1, 3, 2, 3 + 2 ** -12), LOGIT_ONE)).toBe(3);
});

test("the choice is that of the integer logits", () => {
  const logit = fc.oneof(
    fc.float({ min: -8, max: 8, noNaN: true }),
    fc.integer({ min: 0, max: 9 }).map((n) => Math.fround(4 + n * 2 ** -14)),
  );
  fc.assert(
    fc.property(fc.array(logit, { minLength: 1, maxLength: 40 }), (values) => {
      const logits = Float32Array.from(values);
      const integers = [...integerLogits(logits)];
      expect(greedyIntegerToken(logits, LOGIT_ONE)).toBe(integers.indexOf(Math.max(...integers)));
    }),
  );
});
