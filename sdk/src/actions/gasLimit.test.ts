import { expect, test } from "vitest";
import { gasLimit } from "./gasLimit.js";

test.each([
  ["leaves room for three more slots", 69_905n, 153_681n],
  ["stays within what a transaction may have", 16_000_000n, 16_777_216n],
  ["leaves what needs more to the node to refuse", 16_777_217n, 16_777_217n],
])("%s", (_, estimate, limit) => {
  expect(gasLimit(estimate)).toBe(limit);
});
