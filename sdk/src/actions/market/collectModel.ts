import type { ChainClient } from "../ChainClient.js";
import { eventOf, submit } from "../submit.js";

export type CollectModelParameters = {
  readonly model: bigint;
};

/**
 * Sweeps a model's due to the owners of its upstream models and to its own. With upstream models that have
 * a part, a rest below 10,000 base units waits for the next time.
 *
 * @returns The event of the model's own owner; each upstream owner's stands in the receipt.
 * @throws ContractRefusedError, TransactionFailedError
 */
export async function collectModel(client: ChainClient, parameters: CollectModelParameters) {
  const { model } = parameters;
  const submitted = await submit(client, "inferenceMarket", "collectModel", [model]);
  return { ...submitted, event: eventOf(client, submitted, "inferenceMarket", "ModelCollected") };
}
