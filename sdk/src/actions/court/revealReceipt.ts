import type { Revelation } from "../../builders/revelation.js";
import type { Batch } from "../../hash/batch.js";
import type { ChainClient } from "../ChainClient.js";
import { eventOf, submit } from "../submit.js";

export type RevealReceiptParameters = {
  readonly batch: Batch;
  readonly index: number;
  readonly revelation: Revelation;
};

/** Answers a demand with the receipt; its deposit goes to the account. @throws ContractRefusedError, TransactionFailedError */
export async function revealReceipt(client: ChainClient, parameters: RevealReceiptParameters) {
  const { batch, index, revelation } = parameters;
  const submitted = await submit(client, "receiptVerifier", "reveal", [batch, index, revelation]);
  return { ...submitted, event: eventOf(client, submitted, "receiptCourt", "DemandAnswered") };
}
