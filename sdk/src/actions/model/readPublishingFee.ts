import type { ChainReader } from "../ChainClient.js";
import { contractAbis } from "../contracts.js";

/** What a registration costs now, base units of OPEN. The registry must be approved for it. */
export function readPublishingFee(reader: ChainReader) {
  return reader.publicClient.readContract({
    address: reader.deployment.addresses.modelRegistry,
    abi: contractAbis.modelRegistry,
    functionName: "publishingFee",
  });
}
