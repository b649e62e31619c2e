import { expect, it } from "vitest";
import { readArguments } from "./readArguments.js";

it("takes a Datanet and a key", () => {
  expect(readArguments(["3", "--key-file", "key.json"])).toMatchObject({ datanet: 3n, keyFile: "key.json" });
});

it.each([
  [[], "0 Datanets"],
  [["1", "2", "--key-file", "k"], "2 Datanets"],
  [["x", "--key-file", "k"], 'DATANET was "x"'],
  [["1"], "no --key-file"],
  [["1", "--key-file", "k", "--base", "1"], "--base"],
  [["1", "--key-file", "k", "--nothing"], "--nothing"],
])("refuses %j with how it is called", (args, problem) => {
  expect(() => readArguments(args)).toThrow(expect.objectContaining({ code: "usage" }));
  expect(() => readArguments(args)).toThrow(problem);
  expect(() => readArguments(args)).toThrow("Usage: npm run erase-index");
});
