import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pad } from "viem";
import { afterAll, beforeAll, expect, it } from "vitest";
import { readConfig } from "./config.js";
import { createProgram } from "./program.js";

const account = pad("0x1", { size: 20 });
const contracts = [
  ["accessManager", "openToken", "stakingManager", "datanetRegistry"],
  ["modelRegistry", "rewardDistributor", "receiptCourt", "epochCourt", "attributionOracle", "inferenceMarket"],
].flat();
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "cli-"));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

it("says nothing of a key that was written without quotes", async () => {
  const [deployment, keyFile] = [join(folder, "deployment.json"), join(folder, "key.json")];
  const addresses = Object.fromEntries(contracts.map((name) => [name, account]));
  const places = { deployer: account, treasury: account, security: account };
  writeFileSync(deployment, JSON.stringify({ chainId: 31_337, startBlock: 1, dataStream: 1, ...places, addresses }));
  writeFileSync(keyFile, `{"privateKey": 0x${"5eed".repeat(16)}}`);
  const program = createProgram(readConfig({}), { write: () => {}, fail: () => {} });

  const claimed = program.parseAsync(["claim", account, "--deployment", deployment, "--key-file", keyFile], {
    from: "user",
  });

  const error = await claimed.catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: "invalid_value" });
  expect(`${error} ${(error as Error).stack}`).not.toContain("5eed");
});
