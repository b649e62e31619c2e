import type { DisclosedRange } from "../../builders/batchDisclosure.js";
import type { Batch } from "../../hash/batch.js";
import type { ChainClient } from "../ChainClient.js";
import { eventOf, submit } from "../submit.js";

export type DiscloseReceiptsParameters = { readonly batch: Batch; readonly range: DisclosedRange };

/**
 * Shows the next receipts of a batch that was demanded whole; their part of its deposit goes to the account.
 *
 * @throws ContractRefusedError, TransactionFailedError
 */
export async function discloseReceipts(client: ChainClient, { batch, range }: DiscloseReceiptsParameters) {
  const { first, count, disclosures, siblings } = range;
  const submitted = await submit(client, "receiptVerifier", "disclose", [batch, first, count, disclosures, siblings]);
  return { ...submitted, event: eventOf(client, submitted, "receiptCourt", "ReceiptsShown") };
}
