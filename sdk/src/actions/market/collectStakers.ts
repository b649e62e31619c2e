import type { Address } from "viem";
import type { ChainClient } from "../ChainClient.js";
import { eventOf, submit } from "../submit.js";

export type CollectStakersParameters = {
  readonly runner: Address;
};

/** Sweeps the stakers' due of a runner into its stake pool. @throws ContractRefusedError, TransactionFailedError */
export async function collectStakers(client: ChainClient, parameters: CollectStakersParameters) {
  const { runner } = parameters;
  const submitted = await submit(client, "inferenceMarket", "collectStakers", [runner]);
  return { ...submitted, event: eventOf(client, submitted, "inferenceMarket", "StakersCollected") };
}
