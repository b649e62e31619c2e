/** Transactions whose gas was estimated in one second and that are mined in the next. */
import { callRpc } from "@openledger/script";
import { approveToken, createChainClient, parseOpen, stake, transferToken } from "@openledger/sdk";
import { toHex } from "viem";
import { toAccount } from "viem/accounts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { accountOf, startWorld, type World } from "./world.js";

const AMOUNT = parseOpen("10000");

let world: World;

beforeAll(async () => {
  world = await startWorld(["anvil", "contracts"]);
}, 240_000);

afterAll(() => world?.stop());

test("a stake is mined although, when its gas was estimated, the second had a checkpoint already", async () => {
  const { clients, deployment, devnet } = world;
  const rpcUrl = devnet.urls.rpc;
  const setNext = (at: bigint) => callRpc(rpcUrl, "evm_setNextBlockTimestamp", [toHex(at)]);
  for (const actor of ["ada", "bob"] as const) {
    await transferToken(clients.genesis, { to: clients[actor].account.address, amount: AMOUNT });
    await approveToken(clients[actor], { spender: deployment.addresses.stakingManager, amount: AMOUNT });
  }
  const second = (await clients.ada.publicClient.getBlock()).timestamp + 100n;
  const bob = accountOf("bob");
  const account = toAccount({
    ...bob,
    // gas is estimated before
    signTransaction: async (transaction) => {
      await setNext(second + 1n);
      return bob.signTransaction(transaction);
    },
  });

  await setNext(second);
  await stake(clients.ada, { role: "Runner", amount: AMOUNT });
  await setNext(second);
  const slow = createChainClient({ deployment, rpcUrl, account, pollingIntervalMs: 20 });
  const { event } = await stake(slow, { role: "Runner", amount: AMOUNT });

  expect(event.operator).toBe(bob.address);
});
