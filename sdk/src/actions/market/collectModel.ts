import type { ChainClient } from "../ChainClient.js";
import { eventOf, submit } from "../submit.js";

export type CollectModelParameters = {
  readonly model: bigint;
};

/** Sweeps a model's due to its owner. @throws ContractRefusedError, TransactionFailedError */
export async function collectModel(client: ChainClient, parameters: CollectModelParameters) {
  const { model } = parameters;
  const submitted = await submit(client, "inferenceMarket", "collectModel", [model]);
  return { ...submitted, event: eventOf(client, submitted, "inferenceMarket", "ModelCollected") };
}
