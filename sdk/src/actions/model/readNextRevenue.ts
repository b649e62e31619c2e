import type { Revenue } from "../../units/split.js";
import type { ChainReader } from "../ChainClient.js";
import { contractAbis } from "../contracts.js";

/** What is pending for a model; undefined when nothing is. */
export async function readNextRevenue(
  reader: ChainReader,
  model: bigint,
): Promise<{ readonly revenue: Revenue; readonly effectiveAt: bigint } | undefined> {
  const [revenue, effectiveAt] = await reader.publicClient.readContract({
    address: reader.deployment.addresses.modelRegistry,
    abi: contractAbis.modelRegistry,
    functionName: "nextRevenueOf",
    args: [model],
  });
  return effectiveAt === 0n ? undefined : { revenue, effectiveAt };
}
