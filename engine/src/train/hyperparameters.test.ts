import { describe, expect, it } from "vitest";
import { DEFAULT_HYPERPARAMETERS, describeHyperparameters, parseHyperparameters } from "./hyperparameters.js";

describe("hyperparameters in a manifest", () => {
  const described = describeHyperparameters(DEFAULT_HYPERPARAMETERS);

  it("are read as they were written, without a float", () => {
    expect(parseHyperparameters(described)).toEqual(DEFAULT_HYPERPARAMETERS);
    expect(described).toMatchObject({ rank: 16, learningRate: "0.005", projections: "q,k,v,o,gate,up,down" });
    for (const value of Object.values(described))
      expect(typeof value === "string" || Number.isInteger(value)).toBe(true);
    expect(parseHyperparameters({ ...described, weightDecay: 0 }).weightDecay).toBe(0);
  });

  it.each([
    ["rank", 0],
    ["rank", 257],
    ["rank", 1.5],
    ["learningRate", "fast"],
    ["learningRate", "0"],
    ["weightDecay", "-0.1"],
    ["clipNorm", "Infinity"],
    ["epochs", 1e9],
    ["batch", undefined],
    ["length", "NaN"],
    ["projections", "q,z"],
    ["projections", "q,q"],
    ["projections", undefined],
    ["momentum", 1],
  ])("are refused with a %s of %s", (name, value) => {
    const changed = { ...described, [name]: value } as typeof described;
    expect(() => parseHyperparameters(changed)).toThrow(expect.objectContaining({ code: "unknown_recipe" }));
    expect(() => parseHyperparameters(changed)).toThrow(`${name} of the recipe is ${value}`);
  });
});
