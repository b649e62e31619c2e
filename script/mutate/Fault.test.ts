import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Fault, FaultListError, plant, readFaults } from "./Fault.js";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const fault: Fault = { fault: "twice as much", file: "a.sol", was: "amount;", now: "amount * 2;", tests: "test/*" };

describe("the committed faults", () => {
  it("each fit the source they are planted in", () => {
    for (const one of readFaults(join(root, "test/mutation"))) {
      expect(plant(readFileSync(join(root, one.file), "utf8"), one)).toContain(one.now);
    }
  });
});

describe("plant", () => {
  it("replaces the text", () => {
    expect(plant("x = amount;\n", fault)).toBe("x = amount * 2;\n");
  });

  it("refuses text that is missing, stands twice or stays the same", () => {
    expect(() => plant("x = 1;", fault)).toThrow(/a\.sol holds 0 times/);
    expect(() => plant("amount; amount;", fault)).toThrow(/a\.sol holds 2 times/);
    expect(() => plant("amount;", { ...fault, now: fault.was })).toThrow(FaultListError);
  });
});

describe("readFaults", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "openledger-faults-"));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it("reads the lists in order of their names", () => {
    writeFileSync(join(folder, "b.json"), JSON.stringify([{ ...fault, was: "b" }]));
    writeFileSync(join(folder, "a.json"), JSON.stringify([fault]));

    expect(readFaults(folder).map(({ was }) => was)).toEqual(["amount;", "b"]);
  });

  it("refuses what is no list, lacks a field or is listed twice", () => {
    const path = join(folder, "a.json");

    writeFileSync(path, "{}");
    expect(() => readFaults(folder)).toThrow(/no array/);
    writeFileSync(path, JSON.stringify([{ ...fault, tests: undefined }]));
    expect(() => readFaults(folder)).toThrow(/fault 0 lacks the text tests/);
    writeFileSync(path, JSON.stringify([fault, fault]));
    expect(() => readFaults(folder)).toThrow(/listed twice/);
  });
});
