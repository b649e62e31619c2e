import type { Address } from "viem";
import type { ChainReader } from "../ChainClient.js";
import { contractAbis } from "../contracts.js";

/** What an account was paid out of a stream, base units. */
export function readClaimed(reader: ChainReader, stream: bigint, account: Address) {
  return reader.publicClient.readContract({
    address: reader.deployment.addresses.rewardDistributor,
    abi: contractAbis.rewardDistributor,
    functionName: "claimedOf",
    args: [stream, account],
  });
}
