import type { BatchOpening } from "../../hash/batch.js";
import type { ChainClient } from "../ChainClient.js";
import { eventOf, submit } from "../submit.js";

export type DemandReceiptParameters = {
  readonly opening: BatchOpening;
  /** The receipt's place, or `WHOLE_BATCH`. */
  readonly index: number;
};

/**
 * Demands all that a receipt stands on, or all receipts of a batch. The receipt court must be approved for the deposit, which goes to whoever answers, and
 * comes back with the bounty when nobody does.
 *
 * @throws ContractRefusedError, TransactionFailedError
 */
export async function demandReceipt(client: ChainClient, { opening, index }: DemandReceiptParameters) {
  const submitted = await submit(client, "receiptCourt", "demand", [opening, index]);
  return { ...submitted, event: eventOf(client, submitted, "receiptCourt", "ReceiptDemanded") };
}
