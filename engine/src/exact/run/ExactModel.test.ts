import { describe, expect, test } from "vitest";
import { loadModel } from "../../model/model-folder.js";
import { LLAMA } from "../../serve/testModel.js";
import { compileModel } from "../compile/compileModel.js";
import { PRODUCT_FORMS } from "../lower/codes/CodeForm.js";
import { ARITHMETICS, TIERS } from "../program/Program.js";
import { referenceRun } from "../reference/referenceRun.js";
import { integerLogits } from "../sampling/integerLogits.js";
import { ExactModel } from "./ExactModel.js";

const CPU = { provider: "cpu", threads: 1 } as const;

describe("a program on onnxruntime", () => {
  const cases = ARITHMETICS.flatMap((arithmetic) => TIERS.map((tier) => ({ arithmetic, tier })));

  test.each(cases)(
    "gives the reference's logits, in one pass and step by step: $arithmetic, $tier",
    async (options) => {
      const model = await loadModel(LLAMA);
      const program = compileModel(model, options);
      const { vocabulary } = program.shape;
      const tokens = Array.from({ length: 24 }, (_, i) => (i * 37 + 11) % vocabulary);
      const { logits: expected } = referenceRun(program, tokens);

      for (const products of PRODUCT_FORMS) {
        // Integers are looked up in either form.
        for (const grids of options.arithmetic === "float" ? (["function", "table"] as const) : (["table"] as const)) {
          const exact = await ExactModel.open(program, { device: CPU, products, grids });
          try {
            const wanted = tokens.map((_, i) => i);
            const all = await exact.run({ tokens, count: 1, wanted });
            tokens.forEach((_, i) => {
              const row = all.logits.subarray(i * vocabulary, (i + 1) * vocabulary);
              expect(integerLogits(row), `${products}, position ${i}`).toEqual(expected[i]);
            });

            const cache = exact.newCache();
            await exact.prefill(tokens.slice(0, 5), cache);
            await exact.prefill(tokens.slice(5, 9), cache);
            for (let i = 9; i < tokens.length; i++) {
              const row = await exact.step([tokens[i]!], cache);
              expect(integerLogits(row), `${products}, step ${i}`).toEqual(expected[i]);
            }
          } finally {
            await exact.release();
          }
        }
      }
    },
  );
});
