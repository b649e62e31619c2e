import type { ChainReader } from "../ChainClient.js";
import { contractAbis } from "../contracts.js";

/**
 * The parts of a fee that were in force for a model at a timestamp. Data fees of a batch follow from those at its
 * `settledAt`. Of a timestamp in the future: what is scheduled now.
 */
export function readRevenueAt(reader: ChainReader, model: bigint, timestamp: bigint) {
  return reader.publicClient.readContract({
    address: reader.deployment.addresses.modelRegistry,
    abi: contractAbis.modelRegistry,
    functionName: "revenueAt",
    args: [model, timestamp],
  });
}
