import type { ChainClient } from "../ChainClient.js";
import { eventOf, submit } from "../submit.js";

export type DeprecateModelParameters = {
  readonly model: bigint;
};

/** Marks a model of the account's as no longer to be served, for good. @throws ContractRefusedError, TransactionFailedError */
export async function deprecateModel(client: ChainClient, parameters: DeprecateModelParameters) {
  const submitted = await submit(client, "modelRegistry", "deprecate", [parameters.model]);
  return { ...submitted, event: eventOf(client, submitted, "modelRegistry", "ModelDeprecated") };
}
