import { expect, test } from "vitest";
import { loadModel } from "../model/model-folder.js";
import { fixtureDir } from "../model/testing/fixtures.js";
import { textLosses } from "./text-loss.js";

const ids = Array.from({ length: 40 }, (_, i) => (i * 37) % 200);
const OPTIONS = { length: 16, threads: 1 };

test.each([0, 1, 15, 16, 20, 39])(
  "the loss from token %i on is what the tokens before leave of the whole",
  async (from) => {
    const model = await loadModel(fixtureDir("llama"));

    const [rest, whole] = await textLosses(model, [ids, ids], { ...OPTIONS, from: [from] });
    const [before] = await textLosses(model, [ids.slice(0, from)], OPTIONS);

    expect(rest!.tokens).toBe(40 - from);
    expect(whole!.tokens).toBe(40);
    expect(rest!.nats).toBeGreaterThan(0);
    expect(rest!.nats + before!.nats).toBeCloseTo(whole!.nats, 4);
  },
);

test("of no texts there is no loss", async () => {
  expect(await textLosses(await loadModel(fixtureDir("llama")), [], OPTIONS)).toEqual([]);
});
