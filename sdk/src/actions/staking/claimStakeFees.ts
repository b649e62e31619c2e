import type { Address } from "viem";
import type { ChainClient } from "../ChainClient.js";
import { eventOf, submit } from "../submit.js";
import { type RoleName, roleNumber } from "./role.js";

export type ClaimStakeFeesParameters = {
  readonly delegator: Address;
  readonly operator: Address;
  readonly role: RoleName;
};

/** Pays a delegator its released fees of a pool, whoever asks. @throws ContractRefusedError, TransactionFailedError */
export async function claimStakeFees(client: ChainClient, parameters: ClaimStakeFeesParameters) {
  const { delegator, operator, role } = parameters;
  const submitted = await submit(client, "stakingManager", "claimFees", [delegator, operator, roleNumber(role)]);
  return { ...submitted, event: eventOf(client, submitted, "stakingManager", "FeesClaimed") };
}
