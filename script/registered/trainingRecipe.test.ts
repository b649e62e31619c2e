import { DEFAULT_HYPERPARAMETERS, describeHyperparameters } from "@openledger/engine";
import { expect, it } from "vitest";
import { trainingRecipe } from "./trainingRecipe.js";

const recorded = {
  hyperparameters: describeHyperparameters(DEFAULT_HYPERPARAMETERS),
  seed: `0x${"00".repeat(31)}07`,
  steps: 350,
} as Parameters<typeof trainingRecipe>[0];

it("is what the manifest records", () => {
  expect(trainingRecipe(recorded)).toEqual({ hyperparameters: DEFAULT_HYPERPARAMETERS, seed: 7, steps: 350 });
});

it.each([
  [{ seed: `0x${"ff".repeat(32)}` as const }, "has seed 0xff"],
  [{ steps: 0 }, "has 0 steps"],
  [{ steps: 2 ** 32 - 1 }, "expected 1 to 1000000"],
  [{ hyperparameters: {} }, "projections of the recipe is undefined"],
])("is refused with %j", (more, message) => {
  const read = () => trainingRecipe({ ...recorded, ...more });
  expect(read).toThrow(expect.objectContaining({ code: "unknown_recipe" }));
  expect(read).toThrow(message);
});
