import type { Address } from "viem";
import type { ChainClient } from "../ChainClient.js";
import { eventOf, submit } from "../submit.js";

export type CollectRunnerParameters = {
  readonly runner: Address;
};

/** Sweeps a runner's due to it. @throws ContractRefusedError, TransactionFailedError */
export async function collectRunner(client: ChainClient, parameters: CollectRunnerParameters) {
  const { runner } = parameters;
  const submitted = await submit(client, "inferenceMarket", "collectRunner", [runner]);
  return { ...submitted, event: eventOf(client, submitted, "inferenceMarket", "RunnerCollected") };
}
