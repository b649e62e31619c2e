import { describe, expect, it } from "vitest";
import { readArguments } from "./readArguments.js";

describe("readArguments", () => {
  it("takes a model's number, and the local network's places", () => {
    expect(readArguments(["2"])).toMatchObject({
      place: { model: 2n, texts: undefined },
      kind: "1-bit",
      isOwn: false,
      isJson: false,
      first: 20,
    });
    expect(
      readArguments(["7", "--texts", "a.json", "--json", "--own", "--sketches", "int8", "--threads", "2"]),
    ).toMatchObject({
      place: { model: 7n, texts: "a.json" },
      kind: "int8",
      isOwn: true,
      isJson: true,
      threads: 2,
    });
  });

  it.each([
    [[], "asked for 0 models"],
    [["1", "2"], "asked for 2 models"],
    [["npm"], 'MODEL was "npm"'],
    [["1", "--sketches", "2-bit"], '--sketches was "2-bit"'],
    [["1", "--first", "0"], '--first was "0"'],
    [["1", "--threads", "many"], '--threads was "many"'],
    [["1", "--sum"], "--sum"],
  ])("refuses %j", (args, message) => {
    const read = () => readArguments(args);
    expect(read).toThrow(expect.objectContaining({ code: "usage" }));
    expect(read).toThrow(message);
  });
});
