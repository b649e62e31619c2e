import type { ChainReader } from "../ChainClient.js";
import { contractAbis } from "../contracts.js";

/** Number of the newest epoch; 0 before the first. */
export function readEpochCount(reader: ChainReader): Promise<bigint> {
  return reader.publicClient.readContract({
    address: reader.deployment.addresses.attributionOracle,
    abi: contractAbis.attributionOracle,
    functionName: "epochCount",
  });
}
