import type { ChainReader } from "../ChainClient.js";
import { contractAbis } from "../contracts.js";

/** When a batch was voided, seconds since 1970; 0 when it stands. */
export function readVoidedAt(reader: ChainReader, batch: bigint) {
  return reader.publicClient.readContract({
    address: reader.deployment.addresses.receiptCourt,
    abi: contractAbis.receiptCourt,
    functionName: "voidedAt",
    args: [batch],
  });
}
