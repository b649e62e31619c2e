import type { Batch } from "../../hash/batch.js";
import type { MerkleTree } from "../../merkle/MerkleTree.js";
import type { ChainClient } from "../ChainClient.js";
import { eventOf, submit } from "../submit.js";

export type RevealAbsenceParameters = {
  readonly batch: Batch;
  readonly index: number;
  /** Of the batch's receipts. */
  readonly tree: Pick<MerkleTree, "count" | "top">;
};

/** Answers a demand of a receipt that the batch does not have. @throws ContractRefusedError, TransactionFailedError */
export async function revealAbsence(client: ChainClient, { batch, index, tree }: RevealAbsenceParameters) {
  const submitted = await submit(client, "receiptVerifier", "revealAbsent", [batch, index, tree.count, tree.top]);
  return { ...submitted, event: eventOf(client, submitted, "receiptCourt", "DemandAnswered") };
}
