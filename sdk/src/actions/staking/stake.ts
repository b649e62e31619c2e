import type { ChainClient } from "../ChainClient.js";
import { eventOf, submit } from "../submit.js";
import { type RoleName, roleNumber } from "./role.js";

export type StakeParameters = {
  readonly role: RoleName;
  readonly amount: bigint;
};

/** Adds the account's OPEN to its pool for a role. The staking contract must be approved for it. @throws ContractRefusedError, TransactionFailedError */
export async function stake(client: ChainClient, parameters: StakeParameters) {
  const { role, amount } = parameters;
  const submitted = await submit(client, "stakingManager", "stake", [roleNumber(role), amount]);
  return { ...submitted, event: eventOf(client, submitted, "stakingManager", "Staked") };
}
