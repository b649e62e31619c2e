import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openRuntime } from "@openledger/engine";
import { type BaseManifest, canonicalJson, contentHash, decodeBaseManifest } from "@openledger/sdk";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { repositoryRoot } from "../devnet/repositoryRoot.js";
import { layAttribution, withFractions } from "./readRegisteredModel.js";

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

describe("layAttribution", () => {
  const base = join(repositoryRoot, "engine", "models", "base");
  let modelDir: string;
  let baseManifest: BaseManifest;
  beforeAll(async () => {
    modelDir = await mkdtemp(join(tmpdir(), "openledger-base-"));
    for (const name of ["config.json", "tokenizer.json", "model.safetensors"])
      await cp(join(base, name), join(modelDir, name));
    baseManifest = decodeBaseManifest(await readFile(join(base, "manifest.json")));
    await writeFile(join(modelDir, "manifest.json"), canonicalJson({ weights: baseManifest.weights }));
  });
  afterAll(() => rm(modelDir, { recursive: true, force: true }));

  it("makes of a base's folder one that attributes", async () => {
    const file = await readFile(join(base, "attribution.bin"));
    const asked: string[] = [];
    const get = async (hash: `0x${string}`) => {
      asked.push(hash);
      return file;
    };

    await layAttribution({ get }, { modelDir, baseManifest });

    const runtime = await openRuntime({ modelDir, threads: 1 });
    await runtime.close();
    expect(runtime.attributionHash).toBe(contentHash(file));
    expect(asked).toEqual([contentHash(file)]);
  });

  it("says of a base without codes that it has none", async () => {
    const bare = { ...baseManifest, document: {} };
    const laid = layAttribution({ get: () => Promise.reject(new Error("asked")) }, { modelDir, baseManifest: bare });
    await expect(laid).rejects.toMatchObject({ code: "no_attribution" });
  });
});
