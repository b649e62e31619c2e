import type { ChainReader } from "../ChainClient.js";
import { contractAbis } from "../contracts.js";

/** A stream of rewards. */
export function readStream(reader: ChainReader, stream: bigint) {
  return reader.publicClient.readContract({
    address: reader.deployment.addresses.rewardDistributor,
    abi: contractAbis.rewardDistributor,
    functionName: "streamOf",
    args: [stream],
  });
}
