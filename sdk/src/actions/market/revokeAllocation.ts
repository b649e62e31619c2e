import type { Allocation } from "../../hash/types.js";
import type { ChainClient } from "../ChainClient.js";
import { eventOf, submit } from "../submit.js";

export type RevokeAllocationParameters = {
  readonly allocation: Allocation;
};

/** Ends one of the account's allocations at once. @throws ContractRefusedError, TransactionFailedError */
export async function revokeAllocation(client: ChainClient, parameters: RevokeAllocationParameters) {
  const submitted = await submit(client, "inferenceMarket", "revokeAllocation", [parameters.allocation]);
  return { ...submitted, event: eventOf(client, submitted, "inferenceMarket", "AllocationWithdrawn") };
}
