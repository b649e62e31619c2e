import type { ChainReader } from "../ChainClient.js";
import { contractAbis } from "../contracts.js";

/** A dispute and its hearing. */
export async function readDispute(reader: ChainReader, dispute: bigint) {
  const { publicClient, deployment } = reader;
  const [charge, hearing] = await Promise.all([
    publicClient.readContract({
      address: deployment.addresses.disputeManager,
      abi: contractAbis.disputeManager,
      functionName: "disputeOf",
      args: [dispute],
    }),
    publicClient.readContract({
      address: deployment.addresses.jury,
      abi: contractAbis.jury,
      functionName: "hearingOf",
      args: [dispute],
    }),
  ]);
  return { ...hearing, ...charge };
}
