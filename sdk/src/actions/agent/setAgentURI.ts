import type { ChainClient } from "../ChainClient.js";
import { eventOf, submit } from "../submit.js";

export type SetAgentURIParameters = {
  readonly agentId: bigint;
  readonly agentURI: string;
};

/** Sets where the registration file of an agent of the account's is. @throws ContractRefusedError, TransactionFailedError */
export async function setAgentURI(client: ChainClient, parameters: SetAgentURIParameters) {
  const { agentId, agentURI } = parameters;
  const submitted = await submit(client, "agentRegistry", "setAgentURI", [agentId, agentURI]);
  return { ...submitted, event: eventOf(client, submitted, "agentRegistry", "URIUpdated") };
}
