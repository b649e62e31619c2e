import type { ChainClient } from "../ChainClient.js";
import { eventOf, submit } from "../submit.js";
import { type RoleName, roleNumber } from "./role.js";

export type SetFeeCutParameters = {
  readonly role: RoleName;
  readonly bps: number;
};

/**
 * Sets the account's cut of fees that are added to its pool, basis points: lower at once, higher after seven days.
 *
 * @throws ContractRefusedError, TransactionFailedError
 */
export async function setFeeCut(client: ChainClient, parameters: SetFeeCutParameters) {
  const { role, bps } = parameters;
  const submitted = await submit(client, "stakingManager", "setFeeCut", [roleNumber(role), bps]);
  return { ...submitted, event: eventOf(client, submitted, "stakingManager", "FeeCutSet") };
}
