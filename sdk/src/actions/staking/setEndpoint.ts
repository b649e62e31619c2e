import type { ChainClient } from "../ChainClient.js";
import { eventOf, submit } from "../submit.js";
import { type RoleName, roleNumber } from "./role.js";

export type SetEndpointParameters = {
  readonly role: RoleName;
  readonly endpoint: string;
};

/** Publishes where the account's node is reached. @throws ContractRefusedError, TransactionFailedError */
export async function setEndpoint(client: ChainClient, parameters: SetEndpointParameters) {
  const { role, endpoint } = parameters;
  const submitted = await submit(client, "stakingManager", "setEndpoint", [roleNumber(role), endpoint]);
  return { ...submitted, event: eventOf(client, submitted, "stakingManager", "EndpointSet") };
}
