import { Address, BigInt, Bytes } from "@graphprotocol/graph-ts";
import { MetadataSet, OfferSet, Registered, RegistrationPaused, Transfer, URIUpdated } from "../../generated/AgentRegistry/AgentRegistry";
import { Agent, AgentMetadata } from "../../generated/schema";
import { numberId } from "../entities/ids";
import { loadProtocol } from "../entities/protocol";

export function handleRegistered(event: Registered): void {
  const agent = new Agent(numberId(event.params.agentId));
  agent.number = event.params.agentId;
  agent.owner = event.params.owner;
  agent.agentURI = event.params.agentURI;
  agent.pricePerCall = BigInt.zero();
  agent.registeredAt = event.block.timestamp;
  agent.transaction = event.transaction.hash;
  agent.save();

  const protocol = loadProtocol();
  protocol.agentCount = protocol.agentCount.plus(BigInt.fromI32(1));
  protocol.save();
}

/** The wallet has a key of its own, which no caller can set. */
export function handleMetadataSet(event: MetadataSet): void {
  const agent = Agent.load(numberId(event.params.agentId));
  if (agent == null) return;
  const key = event.params.metadataKey;
  const value = event.params.metadataValue;
  if (key == "agentWallet") {
    if (value.length == 0) agent.wallet = null;
    else agent.wallet = value;
    agent.save();
    return;
  }
  const metadata = new AgentMetadata(agent.id.concat(Bytes.fromUTF8(key)));
  metadata.agent = agent.id;
  metadata.key = key;
  metadata.value = value;
  metadata.save();
}

export function handleURIUpdated(event: URIUpdated): void {
  const agent = Agent.load(numberId(event.params.agentId));
  if (agent == null) return;
  agent.agentURI = event.params.newURI;
  agent.save();
}

export function handleOfferSet(event: OfferSet): void {
  const agent = Agent.load(numberId(event.params.agentId));
  if (agent == null) return;
  agent.model = numberId(event.params.model);
  agent.pricePerCall = event.params.pricePerCall;
  agent.save();
}

export function handleTransfer(event: Transfer): void {
  if (event.params.from.equals(Address.zero())) return;
  const agent = Agent.load(numberId(event.params.tokenId));
  if (agent == null) return;
  agent.owner = event.params.to;
  agent.save();
}

export function handleRegistrationPaused(event: RegistrationPaused): void {
  const protocol = loadProtocol();
  protocol.agentRegistrationPausedUntil = event.params.until;
  protocol.save();
}
