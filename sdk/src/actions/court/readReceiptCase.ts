import type { ChainReader } from "../ChainClient.js";
import { contractAbis } from "../contracts.js";

/** A receipt's first case: what epochs go by. */
export function readReceiptCase(reader: ChainReader, batch: bigint, index: number) {
  return reader.publicClient.readContract({
    address: reader.deployment.addresses.receiptCourt,
    abi: contractAbis.receiptCourt,
    functionName: "caseOf",
    args: [batch, index],
  });
}
