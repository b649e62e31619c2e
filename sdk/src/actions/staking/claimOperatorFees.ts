import type { Address } from "viem";
import type { ChainClient } from "../ChainClient.js";
import { eventOf, submit } from "../submit.js";
import { type RoleName, roleNumber } from "./role.js";

export type ClaimOperatorFeesParameters = {
  readonly operator: Address;
  readonly role: RoleName;
};

/** Pays an operator its released fees of a pool, whoever asks. @throws ContractRefusedError, TransactionFailedError */
export async function claimOperatorFees(client: ChainClient, parameters: ClaimOperatorFeesParameters) {
  const { operator, role } = parameters;
  const submitted = await submit(client, "stakingManager", "claimOperatorFees", [operator, roleNumber(role)]);
  return { ...submitted, event: eventOf(client, submitted, "stakingManager", "OperatorFeesClaimed") };
}
