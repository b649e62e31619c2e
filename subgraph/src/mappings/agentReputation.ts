import { Address, BigInt, Bytes } from "@graphprotocol/graph-ts";
import {
  FeedbackRevoked,
  FeedbackWeighed,
  NewFeedback,
  ReputationChanged,
  ResponseAppended,
  SettlementWeighed,
} from "../../generated/AgentReputation/AgentReputation";
import { Agent, AgentFeedback, AgentReputation, AgentWeight, FeedbackResponse } from "../../generated/schema";
import { eventId, numberId } from "../entities/ids";

export function handleSettlementWeighed(event: SettlementWeighed): void {
  saveWeight(event.params.agentId, event.params.client, event.params.model, event.params.weightAfter);
}

/** By the model that the agent offers: feedback is given by no other. */
export function handleNewFeedback(event: NewFeedback): void {
  const agent = Agent.load(numberId(event.params.agentId));
  if (agent == null) return;
  const feedback = new AgentFeedback(
    feedbackId(event.params.agentId, event.params.clientAddress, event.params.feedbackIndex),
  );
  feedback.agent = agent.id;
  feedback.client = event.params.clientAddress;
  feedback.index = event.params.feedbackIndex;
  feedback.model = agent.model!;
  feedback.weight = BigInt.zero();
  feedback.value = event.params.value;
  feedback.valueDecimals = event.params.valueDecimals;
  feedback.tag1 = event.params.tag1;
  feedback.tag2 = event.params.tag2;
  feedback.endpoint = event.params.endpoint;
  feedback.feedbackURI = event.params.feedbackURI;
  feedback.feedbackHash = event.params.feedbackHash;
  feedback.isRevoked = false;
  feedback.givenAt = event.block.timestamp;
  feedback.transaction = event.transaction.hash;
  feedback.save();
}

/** Comes right behind the feedback. */
export function handleFeedbackWeighed(event: FeedbackWeighed): void {
  const id = feedbackId(event.params.agentId, event.params.client, event.params.feedbackIndex);
  const feedback = AgentFeedback.load(id);
  if (feedback == null) return;
  feedback.model = numberId(event.params.model);
  feedback.weight = event.params.weight;
  feedback.save();
  saveWeight(event.params.agentId, event.params.client, event.params.model, BigInt.zero());
}

export function handleReputationChanged(event: ReputationChanged): void {
  const agent = numberId(event.params.agentId);
  const model = numberId(event.params.model);
  const reputation = new AgentReputation(agent.concat(model));
  reputation.agent = agent;
  reputation.model = model;
  reputation.count = event.params.reputation.count;
  reputation.weight = event.params.reputation.weight;
  reputation.weightedSum = event.params.reputation.weightedSum;
  reputation.save();
}

export function handleFeedbackRevoked(event: FeedbackRevoked): void {
  const id = feedbackId(event.params.agentId, event.params.clientAddress, event.params.feedbackIndex);
  const feedback = AgentFeedback.load(id);
  if (feedback == null) return;
  feedback.isRevoked = true;
  feedback.save();
}

export function handleResponseAppended(event: ResponseAppended): void {
  const response = new FeedbackResponse(eventId(event.transaction.hash, event.logIndex));
  response.feedback = feedbackId(event.params.agentId, event.params.clientAddress, event.params.feedbackIndex);
  response.responder = event.params.responder;
  response.responseURI = event.params.responseURI;
  response.responseHash = event.params.responseHash;
  response.timestamp = event.block.timestamp;
  response.transaction = event.transaction.hash;
  response.save();
}

function saveWeight(agentId: BigInt, client: Address, model: BigInt, amount: BigInt): void {
  const agent = numberId(agentId);
  const weight = new AgentWeight(agent.concat(client).concat(numberId(model)));
  weight.agent = agent;
  weight.client = client;
  weight.model = numberId(model);
  weight.weight = amount;
  weight.save();
}

function feedbackId(agentId: BigInt, client: Address, index: BigInt): Bytes {
  return numberId(agentId).concat(client).concat(numberId(index));
}
