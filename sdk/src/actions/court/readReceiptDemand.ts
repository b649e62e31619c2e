import type { ChainReader } from "../ChainClient.js";
import { contractAbis } from "../contracts.js";

/** A demand as the receipt court holds it. */
export function readReceiptDemand(reader: ChainReader, batch: bigint, index: number) {
  return reader.publicClient.readContract({
    address: reader.deployment.addresses.receiptCourt,
    abi: contractAbis.receiptCourt,
    functionName: "demandOf",
    args: [batch, index],
  });
}
