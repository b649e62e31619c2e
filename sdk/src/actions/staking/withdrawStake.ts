import type { ChainClient } from "../ChainClient.js";
import { eventOf, submit } from "../submit.js";
import { type RoleName, roleNumber } from "./role.js";

export type WithdrawStakeParameters = {
  readonly role: RoleName;
};

/** Pays out what has thawed to the account. @throws ContractRefusedError, TransactionFailedError */
export async function withdrawStake(client: ChainClient, parameters: WithdrawStakeParameters) {
  const { role } = parameters;
  const submitted = await submit(client, "stakingManager", "withdraw", [roleNumber(role)]);
  return { ...submitted, event: eventOf(client, submitted, "stakingManager", "ThawWithdrawn") };
}
