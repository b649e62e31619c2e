import type { Address } from "viem";
import type { ChainClient } from "../ChainClient.js";
import { eventOf, submit } from "../submit.js";
import { type RoleName, roleNumber } from "./role.js";

export type WithdrawUndelegatedParameters = {
  readonly operator: Address;
  readonly role: RoleName;
};

/** Pays out what has thawed of the account's delegation. @throws ContractRefusedError, TransactionFailedError */
export async function withdrawUndelegated(client: ChainClient, parameters: WithdrawUndelegatedParameters) {
  const { operator, role } = parameters;
  const submitted = await submit(client, "stakingManager", "withdrawUndelegated", [operator, roleNumber(role)]);
  return { ...submitted, event: eventOf(client, submitted, "stakingManager", "UndelegationWithdrawn") };
}
