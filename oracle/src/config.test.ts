import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CONTRACT_NAMES } from "@openledger/sdk";
import { generatePrivateKey, privateKeyToAddress } from "viem/accounts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readOracleConfig } from "./config.js";
import { testAccount, testKey } from "./testing/testAccount.js";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "oracle-config-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe("readOracleConfig", () => {
  it("takes the well-known oracle key on the local chain", () => {
    const config = readOracleConfig(environment(31_337));

    expect(privateKeyToAddress(config.privateKey)).toBe(testAccount(2).address);
    expect(config.confirmations).toBe(0n);
  });

  it("asks for a key on any other chain", () => {
    expect(() => readOracleConfig(environment(10))).toThrow(/KEY_FILE is needed on chain 10/);
  });

  it("refuses a well-known key on any other chain", () => {
    const env = environment(10, testKey(2));

    expect(() => readOracleConfig(env)).toThrow(/is public/);
  });

  it.each([
    ["JSON", (key: string) => JSON.stringify({ address: "0x", privateKey: key })],
    ["hexadecimal", (key: string) => `${key}\n`],
    ["hexadecimal without 0x", (key: string) => key.slice(2)],
  ])("reads a key file in %s", (_form, write) => {
    const key = generatePrivateKey();

    expect(readOracleConfig(environment(10, write(key))).privateKey).toBe(key);
  });

  it("does not repeat what a broken key file holds", () => {
    const env = environment(10, "0x1234");

    expect(() => readOracleConfig(env)).toThrow(/holds no key of 32 bytes/);
    expect(() => readOracleConfig(env)).not.toThrow(/1234/);
  });

  it("pushes claims only where it is told the least amount", () => {
    expect(readOracleConfig(environment(31_337)).pushedLeast).toBeUndefined();
    const env = { ...environment(31_337), PUSH_CLAIMS_LEAST: "0.5" };
    expect(readOracleConfig(env).pushedLeast).toBe(5n * 10n ** 17n);
  });

  it.each([
    ["VALIDATED_DATANETS", "validatedDatanets"],
    ["ADVISED_DATANETS", "advisedDatanets"],
  ] as const)("reads contributions of the Datanets in %s, and of none otherwise", (name, field) => {
    const read = (text: string, more = {}) =>
      readOracleConfig({ ...environment(31_337), [name]: text, ...more })[field];

    expect(readOracleConfig(environment(31_337))[field]).toEqual([]);
    expect(read("3, 1,3")).toEqual([3n, 1n]);
    for (const wrong of [
      "0",
      "1,,2",
      "one",
      "-1",
      "9".repeat(20),
      Array.from({ length: 65 }, (_, at) => at + 1).join(),
    ]) {
      expect(() => read(wrong), wrong).toThrow(name);
    }
    expect(() => read("1", { ORACLE_MODE: "watch" })).toThrow(/nothing with ORACLE_MODE watch/);
  });

  it("probes contributions unless it is told not to", () => {
    const read = (more = {}) => readOracleConfig({ ...environment(31_337), ...more }).probesContributions;

    expect([read(), read({ PROBE_CONTRIBUTIONS: "off" }), read({ PROBE_CONTRIBUTIONS: "on" })]).toEqual([
      true,
      false,
      true,
    ]);
    expect(() => read({ PROBE_CONTRIBUTIONS: "no" })).toThrow(/PROBE_CONTRIBUTIONS must be one of on, off/);
  });

  it("risks less to watch than to propose, and what it is told", () => {
    const { MODEL_DIR: _, ...env } = environment(31_337);
    const budgets = [
      readOracleConfig(environment(31_337)),
      readOracleConfig({ ...env, ORACLE_MODE: "watch" }),
      readOracleConfig({ ...env, ORACLE_MODE: "watch", COURT_BUDGET: "0" }),
    ].map(({ courtBudget }) => courtBudget);

    expect(budgets).toEqual([5000n * 10n ** 18n, 500n * 10n ** 18n, 0n]);
  });

  it("needs no model to watch", () => {
    const { MODEL_DIR: _, ...env } = environment(31_337);

    expect(readOracleConfig({ ...env, ORACLE_MODE: "watch" }).modelDir).toBeUndefined();
    expect(() => readOracleConfig(env)).toThrow(/MODEL_DIR/);
  });

  it.each([
    ["ORACLE_MODE", "sleep"],
    ["PORT", "70000"],
    ["PORT", "1.5"],
    ["POLL_INTERVAL_MS", "0"],
    ["GRACE_SECONDS", "-1"],
    ["DATABASE_URL", ""],
    ["PUSH_CLAIMS_LEAST", "-1"],
    ["PUSH_CLAIMS_LEAST", "all"],
    ["COURT_BUDGET", "-1"],
    ["DEPLOYMENT_FILE", "/nowhere.json"],
  ])("names %s when it is %s", (name, value) => {
    expect(() => readOracleConfig({ ...environment(31_337), [name]: value })).toThrow(name);
  });
});

function environment(chainId: number, key?: string): Record<string, string> {
  const address = testAccount(0).address;
  const deployment = {
    chainId,
    startBlock: 1,
    treasury: address,
    security: address,
    dataStream: 1,
    addresses: Object.fromEntries(CONTRACT_NAMES.map((name) => [name, address])),
  };
  const file = join(folder, `${chainId}.json`);
  writeFileSync(file, JSON.stringify(deployment));
  const keyFile = join(folder, "key");
  if (key !== undefined) writeFileSync(keyFile, key);
  return {
    DEPLOYMENT_FILE: file,
    DATABASE_URL: "postgresql://127.0.0.1/none",
    MODEL_DIR: folder,
    ...(key === undefined ? {} : { KEY_FILE: keyFile }),
  };
}
