import type { Batch, ChannelSettlement } from "../../hash/batch.js";
import { packSettlementList } from "../../wire/settlementList.js";
import type { ChainClient } from "../ChainClient.js";
import { submit } from "../submit.js";

export type RefundBatchParameters = {
  readonly batch: Batch;
  /** All of the batch's, in their order. */
  readonly settlements: readonly ChannelSettlement[];
  /** Most entries to be paid now. */
  readonly entries: number;
};

/** Pays the next payers of a void batch their parts. @throws ContractRefusedError, TransactionFailedError */
export function refundBatch(client: ChainClient, { batch, settlements, entries }: RefundBatchParameters) {
  return submit(client, "receiptCourt", "refund", [batch, packSettlementList(settlements), entries]);
}
