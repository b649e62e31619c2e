import type { Address } from "viem";
import type { ChainClient } from "../ChainClient.js";
import { eventOf, submit } from "../submit.js";

export type CollectRewardParameters = {
  readonly round: bigint;
  readonly validator: Address;
  /** As the validator revealed them. */
  readonly scores: readonly number[];
};

/** Pays a validator's reward of a decided round; anyone may. @throws ContractRefusedError, TransactionFailedError */
export async function collectReward(client: ChainClient, parameters: CollectRewardParameters) {
  const { round, validator, scores } = parameters;
  const submitted = await submit(client, "datanetValidators", "collectReward", [round, validator, scores]);
  return { ...submitted, event: eventOf(client, submitted, "datanetValidators", "RewardCollected") };
}
