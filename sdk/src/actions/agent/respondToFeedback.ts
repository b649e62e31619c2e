import { type Address, type Hex, zeroHash } from "viem";
import type { ChainClient } from "../ChainClient.js";
import { eventOf, submit } from "../submit.js";

export type RespondToFeedbackParameters = {
  readonly agentId: bigint;
  readonly client: Address;
  /** Of the client's feedback on the agent, from 1. */
  readonly feedbackIndex: bigint;
  readonly responseURI: string;
  /** `keccak256` of what the URI holds. */
  readonly responseHash?: Hex;
};

/** Attaches a response to feedback. @throws ContractRefusedError, TransactionFailedError */
export async function respondToFeedback(client: ChainClient, parameters: RespondToFeedbackParameters) {
  const { agentId, client: giver, feedbackIndex, responseURI, responseHash = zeroHash } = parameters;
  const submitted = await submit(client, "agentReputation", "appendResponse", [
    agentId,
    giver,
    feedbackIndex,
    responseURI,
    responseHash,
  ]);
  return { ...submitted, event: eventOf(client, submitted, "agentReputation", "ResponseAppended") };
}
