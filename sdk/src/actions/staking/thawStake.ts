import type { ChainClient } from "../ChainClient.js";
import { eventOf, submit } from "../submit.js";
import { type RoleName, roleNumber } from "./role.js";

export type ThawStakeParameters = {
  readonly role: RoleName;
  readonly amount: bigint;
};

/** Starts the thaw of a part of the account's pool. @throws ContractRefusedError, TransactionFailedError */
export async function thawStake(client: ChainClient, parameters: ThawStakeParameters) {
  const { role, amount } = parameters;
  const submitted = await submit(client, "stakingManager", "thaw", [roleNumber(role), amount]);
  return { ...submitted, event: eventOf(client, submitted, "stakingManager", "ThawStarted") };
}
