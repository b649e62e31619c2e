import type { ChainReader } from "../ChainClient.js";
import { contractAbis } from "../contracts.js";

/** Data parts of all that was ever settled, base units. */
export function readDataPart(reader: ChainReader): Promise<bigint> {
  return reader.publicClient.readContract({
    address: reader.deployment.addresses.inferenceMarket,
    abi: contractAbis.inferenceMarket,
    functionName: "cumulativeData",
  });
}
