import type { Hex } from "viem";
import { zeroHash } from "viem";
import type { ChainClient } from "../ChainClient.js";
import { eventOf, submit } from "../submit.js";

export type AgentFeedback = {
  /** Times 10^-valueDecimals; for instance 8750 with 2 decimals is 87.5. */
  readonly value: bigint;
  /** 0 unless said; at most 18. */
  readonly valueDecimals?: number;
  /** What is measured, for instance "starred" from 0 to 100, or "uptime" in percent. */
  readonly tag1?: string;
  readonly tag2?: string;
  readonly endpoint?: string;
  readonly feedbackURI?: string;
  /** `keccak256` of what the URI holds. */
  readonly feedbackHash?: Hex;
};

export type RateAgentParameters = {
  readonly agentId: bigint;
  /** A channel of the account's in which answers of the agent's model were settled since it was last weighed. */
  readonly channel: Hex;
  readonly feedback: AgentFeedback;
};

/** Gives feedback on an agent that weighs what was settled. @throws ContractRefusedError, TransactionFailedError */
export async function rateAgent(client: ChainClient, parameters: RateAgentParameters) {
  const { agentId, channel, feedback } = parameters;
  const whole = {
    valueDecimals: 0,
    tag1: "",
    tag2: "",
    endpoint: "",
    feedbackURI: "",
    feedbackHash: zeroHash,
    ...feedback,
  };
  const submitted = await submit(client, "agentReputation", "rate", [agentId, channel, whole]);
  return { ...submitted, event: eventOf(client, submitted, "agentReputation", "FeedbackWeighed") };
}
