import { type Hex, stringToHex } from "viem";
import type { ChainClient } from "../ChainClient.js";
import { eventOf, submit } from "../submit.js";

export type RegisterAgentParameters = {
  /** Where its ERC-8004 registration file is; empty unless said. */
  readonly agentURI?: string;
  /** Values by their keys, text or bytes; at most 16, none under "agentWallet". */
  readonly metadata?: Readonly<Record<string, string | { readonly bytes: Hex }>>;
};

/** Registers an agent of the account's, whose wallet the account is. @throws ContractRefusedError, TransactionFailedError */
export async function registerAgent(client: ChainClient, parameters: RegisterAgentParameters = {}) {
  const { agentURI = "", metadata = {} } = parameters;
  const entries = Object.entries(metadata).map(([metadataKey, value]) => ({
    metadataKey,
    metadataValue: typeof value === "string" ? stringToHex(value) : value.bytes,
  }));
  const submitted = await submit(client, "agentRegistry", "register", [agentURI, entries]);
  return { ...submitted, event: eventOf(client, submitted, "agentRegistry", "Registered") };
}
