import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CONTRACT_NAMES, type Contribution, contractAbis, type Deployment } from "@openledger/sdk";
import {
  type Address,
  encodeAbiParameters,
  encodeEventTopics,
  getAddress,
  type Hex,
  keccak256,
  numberToHex,
  stringToHex,
} from "viem";
import { afterEach, beforeEach, expect, test } from "vitest";
import { readDeployment } from "./readDeployment.js";
import { rpcErasureChain } from "./rpcErasureChain.js";

const word = (text: string): Hex => keccak256(stringToHex(text));
const registry: Address = `0x${"22".repeat(20)}`;
const alice = getAddress(`0x${"a1".repeat(20)}`);
const deployment: Deployment = {
  chainId: 31_337,
  startBlock: 5,
  treasury: registry,
  security: registry,
  dataStream: 1n,
  addresses: Object.fromEntries(CONTRACT_NAMES.map((name) => [name, registry])) as Deployment["addresses"],
};
const contribution: Contribution = {
  number: 7n,
  datanet: 3n,
  contributor: alice,
  recordsRoot: word("root"),
  recordCount: 2,
  licence: word("licence"),
  dataHash: word("data"),
  rules: 1,
  committedAt: 9n,
};

/** As a node tells that the contribution was committed. */
function committedLog(): object {
  const abi = contractAbis.contributionRegistry;
  const { number, datanet, contributor, recordsRoot, recordCount, licence, dataHash, rules, committedAt } =
    contribution;
  return {
    address: registry,
    topics: encodeEventTopics({
      abi,
      eventName: "ContributionCommitted",
      args: { contribution: number, datanet, contributor },
    }),
    data: encodeAbiParameters(
      ["bytes32", "uint32", "bytes32", "bytes32", "uint32", "uint64"].map((type) => ({ type })),
      [recordsRoot, recordCount, licence, dataHash, rules, committedAt],
    ),
    blockNumber: "0x6",
    blockHash: word("block"),
    transactionHash: word("transaction"),
    transactionIndex: "0x0",
    logIndex: "0x0",
    removed: false,
  };
}

type Answers = Record<string, (parameters: readonly unknown[]) => unknown>;

let server: Server;
let url: string;
/** What the node answers; a method without an answer gets none, and the connection ends. */
let answers: Answers;
/** Whether the node takes questions and says nothing. */
let isSilent: boolean;
let folder: string;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "openledger-chain-"));
  isSilent = false;
  answers = { eth_chainId: () => numberToHex(31_337) };
  server = createServer(async (request, response) => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const { id, method, params } = JSON.parse(Buffer.concat(parts).toString()) as {
      id: number;
      method: string;
      params: unknown[];
    };
    if (isSilent) return undefined;
    const answer = answers[method];
    if (answer === undefined) return response.destroy();
    response.setHeader("content-type", "application/json");
    return response.end(JSON.stringify({ jsonrpc: "2.0", id, result: answer(params) }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  rmSync(folder, { recursive: true, force: true });
});

const chain = () => rpcErasureChain(url, async () => deployment);
const unavailable = { code: "chain_unavailable", retryable: true };

test("tells a contribution by its number, all of an account, and that there is none", async () => {
  const asked: unknown[] = [];
  answers.eth_getLogs = ([filter]) => {
    asked.push((filter as { topics: unknown }).topics);
    return [committedLog()];
  };
  const topics = (args: object) =>
    encodeEventTopics({ abi: contractAbis.contributionRegistry, eventName: "ContributionCommitted", args });

  expect(await chain().contribution(7n)).toEqual(contribution);
  expect(await chain().contributionsOf(alice)).toEqual([contribution]);

  expect(asked).toEqual([topics({ contribution: [7n] }), topics({ contributor: alice })]);
  answers.eth_getLogs = () => [];
  expect(await chain().contribution(8n)).toBeUndefined();
});

test("tells where a contribution stands, and what was revoked", async () => {
  answers.eth_call = () => numberToHex(6, { size: 32 });
  answers.eth_getLogs = () => [];
  expect(await chain().state(7n)).toBe("Withdrawn");
  expect(await chain().revocations(3n)).toEqual([]);
});

test("a node that does not answer, or not for this chain, is to be asked again", async () => {
  await expect(chain().contributionsOf(alice)).rejects.toMatchObject(unavailable);
  await expect(chain().state(7n)).rejects.toMatchObject(unavailable);
  answers.eth_chainId = () => "0x1";
  answers.eth_getLogs = () => [committedLog()];
  await expect(chain().contribution(7n)).rejects.toMatchObject({
    ...unavailable,
    message: expect.stringContaining("it is chain 1, and the deployment is of chain 31337"),
  });
});

test("a node that says nothing is waited for no longer than told", async () => {
  isSilent = true;
  const hasty = rpcErasureChain(url, async () => deployment, 50);
  const late = { ...unavailable, message: expect.stringContaining("no answer within 50 ms") };
  await expect(hasty.contribution(7n)).rejects.toMatchObject(late);
  await expect(hasty.state(7n)).rejects.toMatchObject(late);
  await expect(hasty.isSignatureOf(alice, word("digest"), "0xc0de")).rejects.toMatchObject(late);
}, 2000);

test("a contract's signature is what it says; silence is no answer", async () => {
  const isSignature = () => chain().isSignatureOf(alice, word("digest"), "0xc0de");
  await expect(isSignature()).rejects.toMatchObject(unavailable);
  answers.eth_blockNumber = () => "0x6";
  answers.eth_call = () => numberToHex(0, { size: 32 });
  expect(await isSignature()).toBe(false);
  answers.eth_call = () => numberToHex(1, { size: 32 });
  expect(await isSignature()).toBe(true);
});

test("a deployment may come later", async () => {
  const path = join(folder, "deployment.json");
  const late = rpcErasureChain(url, () => readDeployment(path));
  await expect(late.contribution(7n)).rejects.toMatchObject({ ...unavailable, message: expect.stringContaining(path) });
  writeFileSync(path, "{");
  await expect(late.contribution(7n)).rejects.toMatchObject(unavailable);
  writeFileSync(path, JSON.stringify({ ...deployment, dataStream: "1" }));
  answers.eth_getLogs = () => [committedLog()];
  expect(await late.contribution(7n)).toEqual(contribution);
});
