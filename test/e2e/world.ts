import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { callRpc, type Devnet, type DevnetServiceName, startDevnet } from "@openledger/script";
import {
  approveToken,
  type ChainClient,
  createChainClient,
  type Deployment,
  type MarketDomain,
  parseDeployment,
  parseOpen,
  stake,
  transferToken,
} from "@openledger/sdk";
import { type Address, parseEther, toHex } from "viem";
import { mnemonicToAccount, toAccount } from "viem/accounts";

export const STAKE: bigint = parseOpen("10000");

/** Who acts, by the place of its account in the mnemonic. */
const ACTORS = { genesis: 0, runner: 1, oracle: 2, owner: 3, payer: 4, watcher: 7, ada: 10, bob: 11 } as const;

export type Actor = keyof typeof ACTORS;

/** A chain of its own with the contracts on it, and the accounts that act in a test. */
export type World = {
  readonly devnet: Devnet;
  readonly deployment: Deployment;
  readonly domain: MarketDomain;
  readonly clients: Readonly<Record<Actor, ChainClient>>;
  /** Lets the chain's clock run on. */
  pass(seconds: number): Promise<void>;
  /** Acts as an account that has no key, such as a contract. */
  impersonated(address: Address): Promise<ChainClient>;
  /** Gives runner, oracle and payer OPEN and stakes the first two. */
  stakeNodes(): Promise<void>;
  stop(): Promise<void>;
};

export const accountOf = (actor: Actor) =>
  mnemonicToAccount("test test test test test test test test test test test junk", { addressIndex: ACTORS[actor] });

/** Each transaction is mined as it comes: a test waits for none. */
export async function startWorld(services: readonly DevnetServiceName[]): Promise<World> {
  const stateDir = mkdtempSync(join(tmpdir(), "openledger-world-"));
  const devnet = await startDevnet({ stateDir, ports: "free", services });
  const { rpc } = devnet.urls;
  await callRpc(rpc, "evm_setIntervalMining", [0]);
  await callRpc(rpc, "evm_setAutomine", [true]);

  const deployment = parseDeployment(devnet.deployment);
  const clients = Object.fromEntries(
    (Object.keys(ACTORS) as Actor[]).map((actor) => [
      actor,
      createChainClient({ deployment, rpcUrl: rpc, account: accountOf(actor), pollingIntervalMs: 20 }),
    ]),
  ) as Record<Actor, ChainClient>;

  return {
    devnet,
    deployment,
    domain: { chainId: deployment.chainId, market: deployment.addresses.inferenceMarket },
    clients,
    pass: async (seconds) => {
      await callRpc(rpc, "evm_increaseTime", [seconds]);
      await callRpc(rpc, "evm_mine", []);
    },
    impersonated: async (address) => {
      await callRpc(rpc, "anvil_impersonateAccount", [address]);
      await callRpc(rpc, "anvil_setBalance", [address, toHex(parseEther("1"))]);
      return createChainClient({ deployment, rpcUrl: rpc, account: toAccount(address), pollingIntervalMs: 20 });
    },
    stakeNodes: async () => {
      for (const actor of ["runner", "oracle", "payer"] as const) {
        await transferToken(clients.genesis, { to: clients[actor].account.address, amount: STAKE * 20n });
      }
      for (const [actor, role] of [
        ["runner", "Runner"],
        ["oracle", "Oracle"],
      ] as const) {
        await approveToken(clients[actor], { spender: deployment.addresses.stakingManager, amount: STAKE });
        await stake(clients[actor], { role, amount: STAKE });
      }
    },
    stop: async () => {
      await devnet.stop();
      rmSync(stateDir, { recursive: true, force: true });
    },
  };
}
