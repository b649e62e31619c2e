import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { decodeBaseManifest } from "@openledger/sdk";
import { describe, expect, it } from "vitest";
import { repositoryRoot } from "../devnet/repositoryRoot.js";
import { withFractions } from "./readRegisteredModel.js";

describe("withFractions", () => {
  it("gives back the configuration that a base's manifest commits to", async () => {
    const folder = join(repositoryRoot, "engine", "models", "base");
    const { document } = decodeBaseManifest(await readFile(join(folder, "manifest.json")));
    const { architecture } = document as { architecture: Parameters<typeof withFractions>[0] };
    expect(withFractions(architecture)).toEqual(JSON.parse(await readFile(join(folder, "config.json"), "utf8")));
    expect(withFractions({ eps: "1e-7", list: ["0.5", "a"], none: null })).toEqual({
      eps: 1e-7,
      list: [0.5, "a"],
      none: null,
    });
  });
});
