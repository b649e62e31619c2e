import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CONTRACT_NAMES } from "@openledger/sdk";
import { pad } from "viem";
import { afterAll, beforeAll, expect, it } from "vitest";
import { readConfig } from "./config.js";
import { createProgram } from "./program.js";

const account = pad("0x1", { size: 20 });
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "cli-"));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

it("says nothing of a key that was written without quotes", async () => {
  const [deployment, keyFile] = [join(folder, "deployment.json"), join(folder, "key.json")];
  const addresses = Object.fromEntries(CONTRACT_NAMES.map((name) => [name, account]));
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

it.each([
  [["--limit", "0"], "1 to 1000"],
  [["--limit", "1001"], "1 to 1000"],
  [["--before", "last"], "a number"],
  [["--skip", "-1"], "a number"],
])("lists no earnings of %j", async (options, expected) => {
  const program = createProgram(readConfig({}), { write: () => {}, fail: () => {} });

  const asked = program.parseAsync(["earnings", account, ...options], { from: "user" });

  await expect(asked).rejects.toMatchObject({ code: "invalid_value", message: expect.stringContaining(expected) });
});
