import { resolve } from "node:path";
import { expect, test } from "vitest";
import { readStoreConfig } from "./config.js";

const [one, other] = [
  "0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC",
  "0x70997970c51812dc3a010c7d01b50e0d17dc79c8",
] as const;

test("nothing is erased unless it is said who may", () => {
  const plain = { host: "127.0.0.1", port: 5001, folder: resolve(".openledger/store"), erasure: undefined };
  expect(readStoreConfig({})).toEqual(plain);
  expect(readStoreConfig({ STORE_ERASERS: "", STORE_RPC_URL: "", STORE_DEPLOYMENT: "" })).toEqual(plain);
});

test("erasers, or a chain, and the deployment that both are of", () => {
  const STORE_DEPLOYMENT = "deployment.json";
  const deploymentFile = resolve("deployment.json");
  expect(readStoreConfig({ STORE_ERASERS: `${one}, ${other}`, STORE_DEPLOYMENT }).erasure).toEqual({
    erasers: [one, other],
    rpcUrl: undefined,
    deploymentFile,
  });
  const rpcUrl = "http://127.0.0.1:8545";
  expect(readStoreConfig({ STORE_RPC_URL: rpcUrl, STORE_DEPLOYMENT }).erasure).toEqual({
    erasers: [],
    rpcUrl,
    deploymentFile,
  });
});

test.each([
  [{ STORE_ERASERS: one }, /STORE_DEPLOYMENT must be the deployment's file/],
  [{ STORE_RPC_URL: "http://127.0.0.1:8545" }, /STORE_DEPLOYMENT must be the deployment's file/],
  [{ STORE_DEPLOYMENT: "deployment.json" }, /set STORE_RPC_URL or STORE_ERASERS too/],
  [{ STORE_ERASERS: `${one},`, STORE_DEPLOYMENT: "d" }, /STORE_ERASERS must be addresses.* it has ""/],
  [{ STORE_ERASERS: "0x12", STORE_DEPLOYMENT: "d" }, /it has "0x12"/],
  // The same address, one letter of whose checksum is in the wrong case.
  [{ STORE_ERASERS: one.replace("0x3C", "0x3c"), STORE_DEPLOYMENT: "d" }, /it has "0x3c44/],
  [{ STORE_RPC_URL: "127.0.0.1:8545", STORE_DEPLOYMENT: "d" }, /STORE_RPC_URL must be an address that begins/],
  [{ STORE_RPC_URL: "ftp://127.0.0.1", STORE_DEPLOYMENT: "d" }, /STORE_RPC_URL must be an address that begins/],
  [{ STORE_PORT: "65536" }, /STORE_PORT must be a port/],
])("%j is refused", (env, message) => {
  expect(() => readStoreConfig(env)).toThrow(message);
});
