import type { Address, Hex } from "viem";
import { agentWalletTypedData } from "../../hash/typedData.js";
import type { ChainClient } from "../ChainClient.js";
import { contractAbis } from "../contracts.js";

export type SignAgentWalletParameters = {
  readonly agentId: bigint;
  /** Last second, inclusive, in which the agreement may be used: at most an hour away. */
  readonly deadline: bigint;
};

/** A wallet's agreement, to hand to the agent's owner. */
export type AgentWalletProof = {
  readonly agentId: bigint;
  readonly newWallet: Address;
  readonly deadline: bigint;
  readonly signature: Hex;
};

/** Signs as the account that it agrees to be an agent's wallet, for the agent's present owner. Sends nothing. */
export async function signAgentWallet(
  client: ChainClient,
  parameters: SignAgentWalletParameters,
): Promise<AgentWalletProof> {
  const { agentId, deadline } = parameters;
  const agentRegistry = client.deployment.addresses.agentRegistry;
  const owner = await client.publicClient.readContract({
    address: agentRegistry,
    abi: contractAbis.agentRegistry,
    functionName: "ownerOf",
    args: [agentId],
  });
  const newWallet = client.account.address;
  const domain = { chainId: client.deployment.chainId, agentRegistry };
  const signature = await client.walletClient.signTypedData({
    account: client.account,
    ...agentWalletTypedData(domain, { agentId, newWallet, owner, deadline }),
  });
  return { agentId, newWallet, deadline, signature };
}
