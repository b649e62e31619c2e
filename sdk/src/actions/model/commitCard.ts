import type { Hex } from "viem";
import type { ChainClient } from "../ChainClient.js";
import { eventOf, submit } from "../submit.js";

export type CommitCardParameters = {
  readonly model: bigint;
  /** SHA-256 of the card, its name in the content store. */
  readonly cardHash: Hex;
};

/** Commits a model's attribution card, in place of the one before. Only the model's owner. @throws ContractRefusedError, TransactionFailedError */
export async function commitCard(client: ChainClient, parameters: CommitCardParameters) {
  const submitted = await submit(client, "modelRegistry", "commitCard", [parameters.model, parameters.cardHash]);
  return { ...submitted, event: eventOf(client, submitted, "modelRegistry", "CardCommitted") };
}
