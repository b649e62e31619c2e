import type { ChainReader } from "../ChainClient.js";
import { contractAbis } from "../contracts.js";

/** The root of a batch's receipts. */
export function readReceiptsRoot(reader: ChainReader, batch: bigint) {
  return reader.publicClient.readContract({
    address: reader.deployment.addresses.inferenceMarket,
    abi: contractAbis.inferenceMarket,
    functionName: "receiptsRootOf",
    args: [batch],
  });
}
