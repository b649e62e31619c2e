import type { Address } from "viem";
import type { ChainClient } from "../ChainClient.js";
import { eventOf, submit } from "../submit.js";
import { type RoleName, roleNumber } from "./role.js";

export type UndelegateStakeParameters = {
  readonly operator: Address;
  readonly role: RoleName;
  readonly shares: bigint;
};

/**
 * Starts the thaw of shares of the account's delegation; the clock restarts for what was already thawing. What stays must be
 * nothing or worth 1 OPEN.
 *
 * @throws ContractRefusedError, TransactionFailedError
 */
export async function undelegateStake(client: ChainClient, parameters: UndelegateStakeParameters) {
  const { operator, role, shares } = parameters;
  const submitted = await submit(client, "stakingManager", "undelegate", [operator, roleNumber(role), shares]);
  return { ...submitted, event: eventOf(client, submitted, "stakingManager", "UndelegationStarted") };
}
