import type { ChainReader } from "../ChainClient.js";
import { contractAbis } from "../contracts.js";

/** What the next demand of a batch costs, of one receipt or of all (`WHOLE_BATCH`), base units. */
export function readDemandPrice(reader: ChainReader, batch: bigint, index: number) {
  return reader.publicClient.readContract({
    address: reader.deployment.addresses.receiptCourt,
    abi: contractAbis.receiptCourt,
    functionName: "depositOf",
    args: [batch, index],
  });
}
