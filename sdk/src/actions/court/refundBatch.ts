import type { Batch } from "../../hash/batch.js";
import { packSettlementList, type Settlement } from "../../wire/settlementList.js";
import type { ChainClient } from "../ChainClient.js";
import { submit } from "../submit.js";

export type RefundBatchParameters = {
  readonly batch: Batch;
  /** All of the batch's, in their order. */
  readonly settlements: readonly Settlement[];
  /** Most entries to be paid now. */
  readonly entries: number;
};

/** Pays the next payers of a void batch their parts. @throws ContractRefusedError, TransactionFailedError */
export function refundBatch(client: ChainClient, { batch, settlements, entries }: RefundBatchParameters) {
  return submit(client, "receiptCourt", "refund", [batch, packSettlementList(settlements), entries]);
}
