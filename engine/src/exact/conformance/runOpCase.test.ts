import { describe, expect, test } from "vitest";
import { PRODUCT_FORMS } from "../lower/codes/CodeForm.js";
import { opVectors } from "../testing/extremes/opVectors.js";
import { opCases } from "../testing/vectors.js";
import { runOpCase } from "./runOpCase.js";

/** Look-ups, and rounding of what a graph gives, are done outside of graphs. */
const OUTSIDE = new Set([
  "embed",
  "addPosition",
  "integerLogits",
  "signBits",
  "surprise",
  "similarity",
  "denominator",
  "credit",
]);

const CPU = { provider: "cpu", threads: 1 } as const;

describe("the lowering of every operation gives the reference's row for every vector of extremes", () => {
  const cases = opCases(opVectors()).filter(({ program, op }) => !OUTSIDE.has(program.ops[op]!.kind));
  for (const products of PRODUCT_FORMS) {
    test.each(cases)(`${products}: $name`, async (one) => {
      for (const copies of [1, 5]) {
        for (const row of await runOpCase(one, CPU, { products, grids: "table" }, copies))
          expect(row).toEqual(one.expected);
      }
    });
  }
});
