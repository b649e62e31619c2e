import type { ChainClient } from "../ChainClient.js";
import { submit } from "../submit.js";

export type UnsetAgentWalletParameters = {
  readonly agentId: bigint;
};

/** Clears the wallet of an agent whose owner, operator or wallet the account is. @throws ContractRefusedError, TransactionFailedError */
export function unsetAgentWallet(client: ChainClient, parameters: UnsetAgentWalletParameters) {
  return submit(client, "agentRegistry", "unsetAgentWallet", [parameters.agentId]);
}
