import type { ChainReader } from "../ChainClient.js";
import { contractAbis } from "../contracts.js";

/** What a void batch's payers get, and what they got. */
export function readRefund(reader: ChainReader, batch: bigint) {
  return reader.publicClient.readContract({
    address: reader.deployment.addresses.receiptCourt,
    abi: contractAbis.receiptCourt,
    functionName: "refundOf",
    args: [batch],
  });
}
