import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type Anvil, startAnvil } from "./anvil.js";
import { callRpc } from "./callRpc.js";

const sender = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266";
const receiver = "0x00000000000000000000000000000000000000aa";
let stateDir: string;
let chain: Anvil | undefined;

beforeEach(() => {
  stateDir = mkdtempSync(join(tmpdir(), "openledger-anvil-"));
});

afterEach(async () => {
  await chain?.stop();
  rmSync(stateDir, { recursive: true, force: true });
});

const balance = (of: Anvil) => callRpc(of.url, "eth_getBalance", [receiver, "latest"]);
const hashOf = async (of: Anvil, block: string) =>
  ((await callRpc(of.url, "eth_getBlockByNumber", [block, false])) as { hash: string }).hash;

test("a stopped chain goes on with its balances, its head and its genesis", async () => {
  chain = await startAnvil({ stateDir });
  await callRpc(chain.url, "eth_sendTransaction", [{ from: sender, to: receiver, value: "0x11" }]);
  // a transaction is answered before its block is there
  const first = await vi.waitFor(() => hashOf(chain!, "0x1"), 10_000);
  const before = [await hashOf(chain, "0x0"), first];

  for (const _restart of ["first", "second"]) {
    await chain.stop();
    chain = await startAnvil({ stateDir });

    expect(await balance(chain)).toBe("0x11");
    expect([await hashOf(chain, "0x0"), await hashOf(chain, "0x1")]).toEqual(before);
  }
});

test("a killed chain has what was on disk", async () => {
  chain = await startAnvil({ stateDir });
  await callRpc(chain.url, "eth_sendTransaction", [{ from: sender, to: receiver, value: "0x12" }]);
  await vi.waitFor(() => expect(chain?.keptBlock()).toBeGreaterThanOrEqual(1n), 10_000);
  chain.process.signal("SIGKILL");
  await chain.process.exited;

  chain = await startAnvil({ stateDir });

  expect(await balance(chain)).toBe("0x12");
});
