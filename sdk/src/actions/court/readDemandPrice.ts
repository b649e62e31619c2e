import type { ChainReader } from "../ChainClient.js";
import { contractAbis } from "../contracts.js";

/** What the next demand of a batch costs, base units. */
export function readDemandPrice(reader: ChainReader, batch: bigint) {
  return reader.publicClient.readContract({
    address: reader.deployment.addresses.receiptCourt,
    abi: contractAbis.receiptCourt,
    functionName: "depositOf",
    args: [batch],
  });
}
