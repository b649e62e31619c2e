import type { ChainClient } from "../ChainClient.js";
import { submit } from "../submit.js";
import type { AgentWalletProof } from "./signAgentWallet.js";

/**
 * Makes a wallet that agreed the wallet of an agent of the account's.
 *
 * @example
 * ```ts
 * const proof = await signAgentWallet(wallet, { agentId, deadline });
 * await setAgentWallet(owner, proof);
 * ```
 *
 * @throws ContractRefusedError, TransactionFailedError
 */
export function setAgentWallet(client: ChainClient, proof: AgentWalletProof) {
  const { agentId, newWallet, deadline, signature } = proof;
  return submit(client, "agentRegistry", "setAgentWallet", [agentId, newWallet, deadline, signature]);
}
