import type { Hex } from "viem";
import type { ChainReader } from "../ChainClient.js";
import { contractAbis } from "../contracts.js";

/** What was settled in a channel for a model, base units. */
export function readModelClaimed(reader: ChainReader, channel: Hex, model: bigint) {
  return reader.publicClient.readContract({
    address: reader.deployment.addresses.inferenceMarket,
    abi: contractAbis.inferenceMarket,
    functionName: "modelClaimedOf",
    args: [channel, model],
  });
}
