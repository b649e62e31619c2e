import type { Hex } from "viem";
import type { PlacedReceipt } from "../../builders/BatchFault.js";
import type { BatchOpening } from "../../hash/batch.js";
import type { ChainClient } from "../ChainClient.js";
import { eventOf, submit } from "../submit.js";

export type FileAnswerDisputeParameters = {
  readonly opening: BatchOpening;
  readonly placed: PlacedReceipt;
  /** SHA-256 of the evidence in the content store. */
  readonly evidenceHash: Hex;
};

/**
 * Disputes the answer of a receipt. The jury must be approved for the bond.
 *
 * @throws ContractRefusedError, TransactionFailedError
 */
export async function fileAnswerDispute(client: ChainClient, parameters: FileAnswerDisputeParameters) {
  const { opening, placed, evidenceHash } = parameters;
  const submitted = await submit(client, "disputeManager", "fileAnswer", [opening, placed, evidenceHash]);
  return { ...submitted, event: eventOf(client, submitted, "disputeManager", "DisputeFiled") };
}
