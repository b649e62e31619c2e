import type { Batch } from "../../hash/batch.js";
import type { ChainClient } from "../ChainClient.js";
import { eventOf, submit } from "../submit.js";

export type ExpireReceiptDemandParameters = { readonly batch: Batch; readonly index: number };

/** Voids a batch of which a demanded receipt was not revealed in time. @throws ContractRefusedError, TransactionFailedError */
export async function expireReceiptDemand(client: ChainClient, { batch, index }: ExpireReceiptDemandParameters) {
  const submitted = await submit(client, "receiptCourt", "expire", [batch, index]);
  return { ...submitted, event: eventOf(client, submitted, "receiptCourt", "BatchVoided") };
}
