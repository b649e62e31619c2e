import { BigInt, Bytes } from "@graphprotocol/graph-ts";
import { Protocol } from "../../generated/schema";

const ID = Bytes.fromHexString("0x01");

/** The one Protocol entity, made on first use. */
export function loadProtocol(): Protocol {
  let protocol = Protocol.load(ID);
  if (protocol != null) return protocol;
  const zero = BigInt.zero();
  protocol = new Protocol(ID);
  protocol.deposited = zero;
  protocol.withdrawn = zero;
  protocol.free = zero;
  protocol.inChannels = zero;
  protocol.settled = zero;
  protocol.governedPart = zero;
  protocol.stakersPart = zero;
  protocol.modelPart = zero;
  protocol.dataPart = zero;
  protocol.runnerPart = zero;
  protocol.collected = zero;
  protocol.dataCollected = zero;
  protocol.refunded = zero;
  protocol.funded = zero;
  protocol.allocated = zero;
  protocol.claimed = zero;
  protocol.staked = zero;
  protocol.stakingFees = zero;
  protocol.slashed = zero;
  protocol.burnt = zero;
  protocol.datanetCount = zero;
  protocol.contributionCount = zero;
  protocol.recordCount = zero;
  protocol.modelCount = zero;
  protocol.agentCount = zero;
  protocol.channelCount = zero;
  protocol.batchCount = zero;
  protocol.epochCount = zero;
  protocol.configCode = 0;
  protocol.protocolBps = 0;
  protocol.securityBps = 0;
  protocol.stakersBps = 0;
  protocol.settlementPausedUntil = zero;
  protocol.exitsPausedUntil = zero;
  protocol.bond = zero;
  protocol.modelPublishingFee = zero;
  protocol.publishingFee = zero;
  protocol.contributionsPausedUntil = zero;
  protocol.finalityPausedUntil = zero;
  protocol.modelRegistrationPausedUntil = zero;
  protocol.agentRegistrationPausedUntil = zero;
  protocol.stakingPausedUntil = zero;
  protocol.stakeExitsPausedUntil = zero;
  return protocol;
}
