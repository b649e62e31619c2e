import { describe, expect, test } from "vitest";
import { PRODUCT_FORMS } from "../lower/codes/CodeForm.js";
import { ARITHMETICS } from "../program/Program.js";
import { graphCases } from "./extremeCases.js";
import { runOpCase } from "./runOpCase.js";

const CPU = { provider: "cpu", threads: 1 } as const;

describe("the lowering of every operation gives the reference's row for every vector of extremes", () => {
  const cases = ARITHMETICS.flatMap(graphCases);
  for (const products of PRODUCT_FORMS) {
    test.each(cases)(`${products}: $name`, async (one) => {
      for (const copies of [1, 5]) {
        for (const row of await runOpCase(one, CPU, { products, grids: "table" }, copies))
          expect(row).toEqual(one.expected);
      }
    });
  }
});
