import { pad } from "viem";
import { describe, expect, it } from "vitest";
import { readRunnerConfig } from "../config.js";
import type { AdapterShelf } from "./AdapterShelf.js";
import type { BaseModel } from "./BaseModel.js";
import { ModelLoader, type RegisteredModel } from "./ModelLoader.js";
import type { VersionShelf } from "./VersionShelf.js";

const weightsRoot = pad("0x1");
const programRoot = pad("0x2");
const base = { weightsRoot, programRoot: () => programRoot, contextTokens: 512 } as unknown as BaseModel;

describe("a model that anyone can register again", () => {
  it("is not served for nothing", async () => {
    await expect(load({ perPromptToken: 5n, perOutputToken: 0n })).rejects.toThrow("Its perOutputToken is 0");
  });

  it("is not served for less than the runner says", async () => {
    const least = { LEAST_PROMPT_TOKEN_PRICE: "10", LEAST_OUTPUT_TOKEN_PRICE: "100" };

    await expect(load({ perPromptToken: 9n, perOutputToken: 100n }, least)).rejects.toThrow("Its perPromptToken is 9");
    await expect(load({ perPromptToken: 10n, perOutputToken: 99n }, least)).rejects.toThrow("Its perOutputToken is 99");
    expect((await load({ perPromptToken: 10n, perOutputToken: 100n }, least)).contextTokens).toBe(512);
  });
});

it("a deprecated model is not served", async () => {
  const price = { perPromptToken: 1n, perOutputToken: 1n };

  await expect(load(price, {}, 1_800_000_000n)).rejects.toThrow("has deprecated it");
});

function load(
  price: { readonly perPromptToken: bigint; readonly perOutputToken: bigint },
  env: NodeJS.ProcessEnv = {},
  deprecatedAt = 0n,
) {
  const { leastPrice } = readRunnerConfig({ DATABASE_URL: "postgresql://", ...env });
  const loader = new ModelLoader({} as AdapterShelf, {} as VersionShelf, base, leastPrice, () => {});
  const registered = {
    base: 0n,
    weightsRoot,
    programRoot,
    price: { perRequest: 0n, ...price },
    versions: [],
    deprecatedAt,
  };
  return loader.load(1n, registered as unknown as RegisteredModel, undefined);
}
