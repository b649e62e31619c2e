import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { callRpc } from "./callRpc.js";
import { readDevnetConfig } from "./config.js";
import { indexedBlock } from "./graphNode.js";
import { freePorts } from "./ports.js";
import { processStartTime } from "./processRecord.js";
import { type Devnet, startDevnet } from "./startDevnet.js";

const sender = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266";
const receiver = "0x00000000000000000000000000000000000000bb";
const patience = { timeout: 30_000, interval: 100 };

function temporaryState(): string {
  return mkdtempSync(join(tmpdir(), "openledger-devnet-"));
}

/** Sends 1 wei and resolves when a block holds it. */
async function send(rpc: string): Promise<bigint> {
  const hash = await callRpc(rpc, "eth_sendTransaction", [{ from: sender, to: receiver, value: "0x1" }]);
  const receipt = await vi.waitFor(async () => {
    const found = (await callRpc(rpc, "eth_getTransactionReceipt", [hash])) as { blockNumber: string } | null;
    expect(found).not.toBeNull();
    return found as { blockNumber: string };
  }, patience);
  return BigInt(receipt.blockNumber);
}

const balance = async (rpc: string) => BigInt((await callRpc(rpc, "eth_getBalance", [receiver, "latest"])) as string);
const indexReaches = (net: Devnet, block: bigint) =>
  vi.waitFor(async () => expect(await indexedBlock(net.urls.graphql)).toBeGreaterThanOrEqual(block), patience);

describe("before anything starts", () => {
  let stateDir: string;
  let taken: Server | undefined;

  beforeEach(() => {
    stateDir = temporaryState();
  });

  afterEach(async () => {
    taken?.closeAllConnections();
    await new Promise((resolve) => (taken === undefined ? resolve(undefined) : taken.close(resolve)));
    taken = undefined;
    rmSync(stateDir, { recursive: true, force: true });
  });

  const nothingStarted = () => !existsSync(join(stateDir, "logs"));

  test("a taken port is named with its service and the variable that moves it", async () => {
    const [postgres, anvil] = (await freePorts(2)) as [number, number];
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(anvil, "127.0.0.1", resolve));
    taken = server;

    const started = startDevnet({ stateDir, services: ["postgres", "anvil"], ports: { postgres, anvil } });

    await expect(started).rejects.toMatchObject({ code: "port_taken" });
    await expect(started).rejects.toThrow(`port ${anvil} for anvil (ANVIL_PORT=`);
    expect(nothingStarted()).toBe(true);
  });

  test("a missing program is named with its package and the variable that replaces it", async () => {
    const config = readDevnetConfig({}, { GND_BIN: "/nowhere/gnd" });

    const started = startDevnet({ stateDir, config, ports: "free" });

    await expect(started).rejects.toMatchObject({ code: "missing_binary" });
    await expect(started).rejects.toThrow(/GND_BIN=\/nowhere\/gnd.*@graphprotocol\/gnd-.*set GND_BIN/);
    expect(nothingStarted()).toBe(true);
  });

  test("a service without what it needs is refused", async () => {
    const started = startDevnet({ stateDir, services: ["postgres", "graph"], ports: "free" });

    await expect(started).rejects.toThrow("graph needs contracts, store");
    expect(nothingStarted()).toBe(true);
  });

  test("a second network on the same state is refused while the first runs", async () => {
    const first = await startDevnet({ stateDir, services: ["anvil"], ports: "free" });
    try {
      await expect(startDevnet({ stateDir, services: ["anvil"], ports: "free" })).rejects.toThrow(
        `in use by process ${process.pid}`,
      );
      expect(await callRpc(first.urls.rpc, "eth_chainId", [])).toBe("0x7a69");
    } finally {
      await first.stop();
    }
  });
});

describe("the whole index", () => {
  const services = ["postgres", "anvil", "contracts", "store", "graph"] as const;
  const events: string[] = [];
  let stateDir: string;
  let net: Devnet;
  const start = () =>
    startDevnet({ stateDir, services, ports: "free", onProgress: ({ text }) => void events.push(text) });

  beforeAll(async () => {
    stateDir = temporaryState();
    net = await start();
  }, 300_000);

  afterAll(async () => {
    await net?.stop();
    rmSync(stateDir, { recursive: true, force: true });
  });

  test.each(["postgres", "graph", "anvil", "store"] as const)(
    "%s, killed, is started again and the index goes on",
    async (name) => {
      const before = net.pid(name) as number;
      await send(net.urls.rpc);
      const sent = await balance(net.urls.rpc);
      // The chain's copy on disk follows a block by a moment; a kill in that moment loses the block, as it may.
      await vi.waitFor(async () => expect(existsSync(join(stateDir, "anvil", "state.json"))).toBe(true), patience);
      if (name === "anvil") await net.restart("anvil");

      await net.kill(name, "SIGKILL");
      await net.healthy(name);

      expect(net.pid(name)).not.toBe(before);
      expect(processStartTime(before)).toBeUndefined();
      expect(events).toContainEqual(
        expect.stringMatching(new RegExp(`^${name} ended \\(SIGKILL\\); starting it again in`)),
      );
      expect(await balance(net.urls.rpc)).toBe(sent);
      await indexReaches(net, await send(net.urls.rpc));
    },
  );

  test("a stop ends every process, and the next start goes on with chain, contracts and index", async () => {
    const block = await send(net.urls.rpc);
    await indexReaches(net, block);
    const sent = await balance(net.urls.rpc);
    const deployment = net.deployment;
    const database = new URL(await net.database("graph")).pathname;
    const pids = services.filter((name) => name !== "contracts").map((name) => net.pid(name) as number);
    await net.stop();
    expect(pids.map(processStartTime)).toEqual(pids.map(() => undefined));

    events.length = 0;
    net = await start();

    expect(events).toContain("contracts found on the chain");
    expect(net.deployment).toEqual(deployment);
    expect(new URL(await net.database("graph")).pathname).toBe(database);
    expect(await balance(net.urls.rpc)).toBe(sent);
    // What was indexed is kept, not indexed again.
    expect(await indexedBlock(net.urls.graphql)).toBeGreaterThanOrEqual(block);
    await indexReaches(net, await send(net.urls.rpc));
  });
});
