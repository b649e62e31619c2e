import type { ChainClient } from "../ChainClient.js";
import { eventOf, submit } from "../submit.js";

export type SetAgentOfferParameters = {
  readonly agentId: bigint;
  readonly model: bigint;
  /** Base units of OPEN. */
  readonly pricePerCall: bigint;
};

/** Sets by which model an agent of the account's answers, and for how much. @throws ContractRefusedError, TransactionFailedError */
export async function setAgentOffer(client: ChainClient, parameters: SetAgentOfferParameters) {
  const { agentId, model, pricePerCall } = parameters;
  const submitted = await submit(client, "agentRegistry", "setOffer", [agentId, model, pricePerCall]);
  return { ...submitted, event: eventOf(client, submitted, "agentRegistry", "OfferSet") };
}
