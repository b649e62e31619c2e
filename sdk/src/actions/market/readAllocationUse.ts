import type { Hex } from "viem";
import type { ChainReader } from "../ChainClient.js";
import { contractAbis } from "../contracts.js";

/** What was moved by an allocation so far, how often, and whether it is revoked. @param allocation Its digest. */
export function readAllocationUse(reader: ChainReader, allocation: Hex) {
  return reader.publicClient.readContract({
    address: reader.deployment.addresses.inferenceMarket,
    abi: contractAbis.inferenceMarket,
    functionName: "allocationUse",
    args: [allocation],
  });
}
