import type { ChainReader } from "../ChainClient.js";
import { contractAbis } from "../contracts.js";

/** A model's flattened lineage, ascending by model: whose parts come out of its model part. */
export function readUpstream(reader: ChainReader, model: bigint) {
  return reader.publicClient.readContract({
    address: reader.deployment.addresses.modelRegistry,
    abi: contractAbis.modelRegistry,
    functionName: "upstreamOf",
    args: [model],
  });
}
