import type { ChainClient } from "../ChainClient.js";
import { eventOf, submit } from "../submit.js";

export type CancelRevenueParameters = {
  readonly model: bigint;
};

/** Takes back what is pending for a model of the account's. @throws ContractRefusedError, TransactionFailedError */
export async function cancelRevenue(client: ChainClient, parameters: CancelRevenueParameters) {
  const submitted = await submit(client, "modelRegistry", "cancelRevenue", [parameters.model]);
  return { ...submitted, event: eventOf(client, submitted, "modelRegistry", "RevenueCancelled") };
}
