import type { ChainReader } from "../ChainClient.js";
import { contractAbis } from "../contracts.js";

/** An epoch as the oracle contract holds it. */
export function readEpoch(reader: ChainReader, epoch: bigint) {
  return reader.publicClient.readContract({
    address: reader.deployment.addresses.attributionOracle,
    abi: contractAbis.attributionOracle,
    functionName: "epochOf",
    args: [epoch],
  });
}
