import type { Address } from "viem";
import type { ChainReader } from "../ChainClient.js";
import { contractAbis } from "../contracts.js";

/** A payer's free balance, base units. */
export function readFree(reader: ChainReader, payer: Address) {
  return reader.publicClient.readContract({
    address: reader.deployment.addresses.inferenceMarket,
    abi: contractAbis.inferenceMarket,
    functionName: "freeOf",
    args: [payer],
  });
}
