import type { Address } from "viem";
import type { ChainClient } from "../ChainClient.js";
import { eventOf, submit } from "../submit.js";
import { type RoleName, roleNumber } from "./role.js";

export type AddStakeFeesParameters = {
  readonly operator: Address;
  readonly role: RoleName;
  readonly amount: bigint;
};

/** Adds fees of the account to a pool. The staking contract must be approved for them. @throws ContractRefusedError, TransactionFailedError */
export async function addStakeFees(client: ChainClient, parameters: AddStakeFeesParameters) {
  const { operator, role, amount } = parameters;
  const submitted = await submit(client, "stakingManager", "addFees", [operator, roleNumber(role), amount]);
  return { ...submitted, event: eventOf(client, submitted, "stakingManager", "FeesAdded") };
}
