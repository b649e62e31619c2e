import type { Address } from "viem";
import type { ChainReader } from "../ChainClient.js";
import { contractAbis } from "../contracts.js";

/** An agent as its registry holds it. */
export type Agent = {
  readonly owner: Address;
  /** The zero address while nobody has agreed to be it. */
  readonly wallet: Address;
  readonly agentURI: string;
  /** 0 while it offers none. */
  readonly model: bigint;
  readonly pricePerCall: bigint;
  /** Whether it offers a model that is served, with a stake behind it. */
  readonly isActive: boolean;
};

export async function readAgent(reader: ChainReader, agentId: bigint): Promise<Agent> {
  const at = { address: reader.deployment.addresses.agentRegistry, abi: contractAbis.agentRegistry } as const;
  const args = [agentId] as const;
  const [owner, wallet, agentURI, offer, isActive] = await Promise.all([
    reader.publicClient.readContract({ ...at, functionName: "ownerOf", args }),
    reader.publicClient.readContract({ ...at, functionName: "getAgentWallet", args }),
    reader.publicClient.readContract({ ...at, functionName: "tokenURI", args }),
    reader.publicClient.readContract({ ...at, functionName: "offerOf", args }),
    reader.publicClient.readContract({ ...at, functionName: "isActive", args }),
  ]);
  return { owner, wallet, agentURI, ...offer, isActive };
}
