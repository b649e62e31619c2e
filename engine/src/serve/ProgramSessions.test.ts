import { expect, test } from "vitest";
import { compileModel } from "../exact/compile/compileModel.js";
import { loadModel } from "../model/model-folder.js";
import { ProgramSessions } from "./ProgramSessions.js";
import { LLAMA } from "./testModel.js";

const OPTIONS = { device: { provider: "cpu", threads: 1 }, products: "u8s8", grids: "table" } as const;

test("a session in use is not released, however many others come; one that is done with is", async () => {
  const model = await loadModel(LLAMA);
  // Programs of other lengths have rotary tables of other shapes, so that none runs on another's session.
  const [base, ...others] = Array.from({ length: 7 }, (_, i) =>
    compileModel(model, { tier: "w8a8", maxPositions: 20 + i }),
  );
  const sessions = new ProgramSessions(base!, OPTIONS, undefined);
  const run = { tokens: [1, 2, 3], count: 1, wanted: [2] };
  const used = await sessions.of(base!);
  const { logits } = await used.exact.run({ ...run, tables: used.tables });

  for (const other of others) {
    const running = await sessions.of(other);
    await running.exact.run({ ...run, tables: running.tables });
    running.done();
    running.done();
  }
  expect((await used.exact.run({ ...run, tables: used.tables })).logits).toEqual(logits);
  expect((await sessions.of(base!)).exact).toBe(used.exact);

  const again = await sessions.of(others[0]!);
  const { exact } = again;
  again.done();
  for (const other of others.slice(1)) (await sessions.of(other)).done();
  await expect(exact.run(run)).rejects.toThrow();
  expect((await sessions.of(others[0]!)).exact).not.toBe(exact);
});
