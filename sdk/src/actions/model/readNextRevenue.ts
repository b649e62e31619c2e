import type { Revenue } from "../../units/split.js";
import type { ChainReader } from "../ChainClient.js";
import { contractAbis } from "../contracts.js";

/** What is pending for a model at the chain's head; undefined when nothing is. */
export async function readNextRevenue(
  reader: ChainReader,
  model: bigint,
): Promise<{ readonly revenue: Revenue; readonly effectiveAt: bigint } | undefined> {
  const head = await reader.publicClient.getBlock();
  const [, , modelBps, dataBps, effectiveAt] = await reader.publicClient.readContract({
    address: reader.deployment.addresses.modelRegistry,
    abi: contractAbis.modelRegistry,
    functionName: "revenueScheduleOf",
    args: [model],
    blockNumber: head.number,
  });
  return effectiveAt <= head.timestamp ? undefined : { revenue: { modelBps, dataBps }, effectiveAt };
}
