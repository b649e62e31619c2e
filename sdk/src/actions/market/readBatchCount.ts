import type { ChainReader } from "../ChainClient.js";
import { contractAbis } from "../contracts.js";

/** Number of the newest settled batch; 0 before the first. */
export function readBatchCount(reader: ChainReader): Promise<bigint> {
  return reader.publicClient.readContract({
    address: reader.deployment.addresses.inferenceMarket,
    abi: contractAbis.inferenceMarket,
    functionName: "batchCount",
  });
}
