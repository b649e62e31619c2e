import { expect, test } from "vitest";
import type { Bench } from "./bench.js";
import { BenchUsageError, parseCommand } from "./parseCommand.js";

const run = async () => ({});
const BENCHES: readonly Bench[] = [
  { name: "plain", about: "takes nothing", run },
  {
    name: "rich",
    about: "takes options",
    options: {
      only: { about: "a part", values: ["speed", "memory"] },
      deep: { about: "goes deep", values: "switch" },
    },
    run,
  },
];

test("a bench, its options and the file for figures are found", () => {
  const { bench, json, options } = parseCommand(["rich", "--only", "speed", "--deep", "--json", "f.json"], BENCHES);

  expect(bench.name).toBe("rich");
  expect(json).toEqual({ file: "f.json" });
  expect(options).toEqual({ only: "speed", deep: true });
  expect(parseCommand(["plain"], BENCHES)).toEqual({ bench: BENCHES[0], json: undefined, options: {} });
});

test.each([
  [["rich", "--json"]],
  [["rich", "--json", "--deep"]],
  [["rich", "--deep", "--json"]],
  [["rich", "--json", "-"]],
])("without a file JSON goes to standard output: %j", (args) => {
  const { json, options } = parseCommand(args, BENCHES);

  expect(json).toBe("stdout");
  expect(options.deep).toBe(args.includes("--deep") ? true : undefined);
});

test.each([
  [[], 'bench ""'],
  [["poor"], 'bench "poor"'],
  [["rich", "--only", "sped"], "--only sped"],
  [["rich", "--only"], "--only"],
  [["rich", "--deeper"], "--deeper"],
  [["plain", "--deep"], "--deep"],
  [["plain", "rich"], "rich"],
])("what is not there is refused with what is: %j", (args, named) => {
  const parse = () => parseCommand(args, BENCHES);
  const listed = args[0] === "rich" || args[0] === "plain" ? "--json [FILE]" : "takes options";

  expect(parse).toThrow(BenchUsageError);
  expect(parse).toThrow(named);
  expect(parse).toThrow(listed);
});
