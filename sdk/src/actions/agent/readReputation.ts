import { type Address, zeroAddress } from "viem";
import type { ChainReader } from "../ChainClient.js";
import { contractAbis } from "../contracts.js";

export type ReadReputationParameters = {
  readonly agentId: bigint;
  /** By which model it was earned. */
  readonly model: bigint;
  /** Of all clients unless said. */
  readonly client?: Address;
  /** Of all tags unless said. */
  readonly tag1?: string;
  readonly tag2?: string;
};

export type AgentReputation = {
  readonly count: bigint;
  /** What was paid by those who gave the feedback, base units. */
  readonly weight: bigint;
  /** Mean by weight, in 18 decimals, rounded to zero; undefined without feedback. */
  readonly mean: bigint | undefined;
};

/** What payers said of an agent, by what they paid. */
export async function readReputation(
  reader: ChainReader,
  parameters: ReadReputationParameters,
): Promise<AgentReputation> {
  const { agentId, model, client = zeroAddress, tag1 = "", tag2 = "" } = parameters;
  const { count, weight, weightedSum } = await reader.publicClient.readContract({
    address: reader.deployment.addresses.agentReputation,
    abi: contractAbis.agentReputation,
    functionName: "reputationOf",
    args: [agentId, model, client, tag1, tag2],
  });
  return { count, weight, mean: weight === 0n ? undefined : weightedSum / weight };
}
