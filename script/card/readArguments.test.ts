import { describe, expect, it } from "vitest";
import { readArguments } from "./readArguments.js";

describe("readArguments", () => {
  it("takes a model's number, and measures without publishing", () => {
    expect(readArguments(["2"])).toMatchObject({
      place: { model: 2n, texts: undefined, state: ".openledger" },
      regimes: ["rec", "con"],
      sets: 50,
      seeds: 1,
      queries: 40,
      out: undefined,
      keyFile: undefined,
    });
    const more = [
      "--regimes",
      "fresh,rec",
      "--sets",
      "8",
      "--seeds",
      "2",
      "--key-file",
      "owner.json",
      "--out",
      "c.json",
    ];
    expect(readArguments(["7", ...more])).toMatchObject({
      place: { model: 7n },
      regimes: ["rec", "fresh"],
      sets: 8,
      seeds: 2,
      keyFile: "owner.json",
      out: "c.json",
    });
  });

  it.each([
    [[], "asked for 0 models"],
    [["npm"], 'MODEL was "npm"'],
    [["1", "--regimes", "con"], "it is rec, and some of con and fresh"],
    [["1", "--regimes", "rec,drop"], '--regimes was "rec,drop"'],
    [["1", "--sets", "0"], '--sets was "0"'],
    [["1", "--sets", "7"], "of fewer than 8 nothing can be told"],
    [["1", "--queries", "1.5"], '--queries was "1.5"'],
    [["1", "--card"], "--card"],
  ])("refuses %j", (args, message) => {
    const read = () => readArguments(args);
    expect(read).toThrow(expect.objectContaining({ code: "usage" }));
    expect(read).toThrow(message);
  });
});
