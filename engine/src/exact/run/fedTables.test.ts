import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { loadAdapter } from "../../model/adapter.js";
import { loadModel } from "../../model/model-folder.js";
import { compileModel } from "../compile/compileModel.js";
import { PRODUCT_FORMS } from "../lower/codes/CodeForm.js";
import { ARITHMETICS, TIERS } from "../program/Program.js";
import { referenceRun } from "../reference/referenceRun.js";
import { integerLogits } from "../sampling/integerLogits.js";
import { ExactModel } from "./ExactModel.js";

const CPU = { provider: "cpu", threads: 1 } as const;
const CASES = ARITHMETICS.flatMap((arithmetic) => TIERS.map((tier) => ({ arithmetic, tier })));

describe.each(["qwen2", "qwen3", "gpt2"])("%s", (family) => {
  test.each(CASES)("tables that are fed count as those of the graph: $arithmetic, $tier", async (options) => {
    const folder = fileURLToPath(new URL(`../../../fixtures/${family}/`, import.meta.url));
    const model = await loadModel(folder);
    const adapter = await loadAdapter(`${folder}adapter`, model.architecture);
    const base = compileModel(model, { ...options, maxPositions: 16 });
    const program = compileModel(model, { ...options, maxPositions: 16, adapter, base });
    const isFed = (table: string): boolean => program.tables.get(table) !== base.tables.get(table);
    const tokens = [3, 1, 4, 1, 5, 9, 2, 6];
    const expected = referenceRun(program, tokens).logits;

    for (const products of PRODUCT_FORMS) {
      const exact = await ExactModel.open(program, { device: CPU, products, grids: "table", isFed });
      const tables = exact.tablesOf(program);
      expect(Object.keys(tables).length).toBeGreaterThan(4);
      const wanted = tokens.map((_, row) => row);
      const { logits } = await exact.run({ tokens, count: 1, wanted, tables });
      expect(integerLogits(logits)).toEqual(Int32Array.from(expected.flatMap((row) => [...row])));
      await exact.release();
    }
  });
});
