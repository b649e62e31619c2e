import type { Address, Hex } from "viem";
import type { Allocation } from "../../hash/types.js";
import type { ChainClient } from "../ChainClient.js";
import { eventOf, submit } from "../submit.js";

export type AllocateParameters = {
  readonly allocation: Allocation;
  readonly runner: Address;
  readonly salt: bigint;
  readonly amount: bigint;
  /** The payer's, over `allocationTypedData`. */
  readonly signature: Hex;
};

/**
 * As the operator that a payer named, puts the payer's free money into its channel to a runner, opened if it is not.
 *
 * @throws ContractRefusedError, TransactionFailedError
 */
export async function allocate(client: ChainClient, parameters: AllocateParameters) {
  const { allocation, runner, salt, amount, signature } = parameters;
  const submitted = await submit(client, "inferenceMarket", "allocate", [allocation, runner, salt, amount, signature]);
  return { ...submitted, event: eventOf(client, submitted, "inferenceMarket", "AllocationUsed") };
}
