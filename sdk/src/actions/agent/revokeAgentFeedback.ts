import type { ChainClient } from "../ChainClient.js";
import { eventOf, submit } from "../submit.js";

export type RevokeAgentFeedbackParameters = {
  readonly agentId: bigint;
  /** Of the account's feedback on the agent, from 1. */
  readonly feedbackIndex: bigint;
};

/** Takes feedback of the account's out of an agent's reputation. @throws ContractRefusedError, TransactionFailedError */
export async function revokeAgentFeedback(client: ChainClient, parameters: RevokeAgentFeedbackParameters) {
  const { agentId, feedbackIndex } = parameters;
  const submitted = await submit(client, "agentReputation", "revokeFeedback", [agentId, feedbackIndex]);
  return { ...submitted, event: eventOf(client, submitted, "agentReputation", "ReputationChanged") };
}
