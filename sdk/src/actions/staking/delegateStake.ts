import type { Address } from "viem";
import type { ChainClient } from "../ChainClient.js";
import { eventOf, submit } from "../submit.js";
import { type RoleName, roleNumber } from "./role.js";

export type DelegateStakeParameters = {
  readonly operator: Address;
  readonly role: RoleName;
  readonly amount: bigint;
};

/**
 * Delegates the account's OPEN, at least 1, to an operator's pool. The staking contract must be approved for it. Delegated
 * stake is slashed with the operator's, within bounds, and leaves after a thaw.
 *
 * @throws ContractRefusedError, TransactionFailedError
 */
export async function delegateStake(client: ChainClient, parameters: DelegateStakeParameters) {
  const { operator, role, amount } = parameters;
  const submitted = await submit(client, "stakingManager", "delegate", [operator, roleNumber(role), amount]);
  return { ...submitted, event: eventOf(client, submitted, "stakingManager", "Delegated") };
}
