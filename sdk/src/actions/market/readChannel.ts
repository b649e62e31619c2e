import type { Hex } from "viem";
import type { ChainReader } from "../ChainClient.js";
import { contractAbis } from "../contracts.js";

/** A channel as the market holds it. */
export function readChannel(reader: ChainReader, channel: Hex) {
  return reader.publicClient.readContract({
    address: reader.deployment.addresses.inferenceMarket,
    abi: contractAbis.inferenceMarket,
    functionName: "channelOf",
    args: [channel],
  });
}
