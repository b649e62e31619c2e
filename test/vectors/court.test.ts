import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { courtDocument } from "./court.js";

describe("court vectors", () => {
  it("are what the SDK builds", async () => {
    const stored = readFileSync(new URL("../../vectors/court.json", import.meta.url), "utf8");

    expect(JSON.parse(stored)).toEqual(await courtDocument());
  });
});
