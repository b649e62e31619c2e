import { BigInt, ethereum } from "@graphprotocol/graph-ts";
import {
  AbsenceRevealed,
  BondSet,
  DemandAnswered,
  DepositReturned,
  EpochFinalized,
  EpochOpened,
  EpochProposed,
  EpochRefuted,
  EpochWithdrawn,
  FinalityPaused,
  LeafDemanded,
} from "../../generated/AttributionOracle/AttributionOracle";
import { Demand, Epoch, Proposal, Refutation } from "../../generated/schema";
import { demandId, treeName } from "../entities/demand";
import { eventId, numberId } from "../entities/ids";
import { loadProtocol } from "../entities/protocol";

export function handleEpochOpened(event: EpochOpened): void {
  const epoch = new Epoch(numberId(event.params.epoch));
  epoch.number = event.params.epoch;
  epoch.firstBatch = event.params.firstBatch;
  epoch.lastBatch = event.params.lastBatch;
  epoch.dataAmount = event.params.dataAmount;
  epoch.chain = event.params.chain;
  epoch.state = "Open";
  epoch.openedAt = event.block.timestamp;
  epoch.openedIn = event.transaction.hash;
  epoch.save();

  const protocol = loadProtocol();
  protocol.epochCount = protocol.epochCount.plus(BigInt.fromI32(1));
  protocol.save();
}

export function handleEpochProposed(event: EpochProposed): void {
  const epoch = Epoch.load(numberId(event.params.epoch));
  if (epoch == null) return;
  const proposal = new Proposal(numberId(event.params.proposal));
  proposal.number = event.params.proposal;
  proposal.epoch = epoch.id;
  proposal.proposer = event.params.proposer;
  proposal.creditsRoot = event.params.creditsRoot;
  proposal.payoutsRoot = event.params.payoutsRoot;
  proposal.dataHash = event.params.dataHash;
  proposal.total = event.params.total;
  proposal.asOf = event.params.asOf;
  proposal.bond = event.params.bond;
  proposal.finalizableAt = event.params.finalizableAt;
  proposal.state = "Pending";
  proposal.openDemands = 0;
  proposal.proposedAt = event.block.timestamp;
  proposal.proposedIn = event.transaction.hash;
  proposal.save();

  epoch.state = "Proposed";
  epoch.proposal = proposal.id;
  epoch.proposer = proposal.proposer;
  epoch.creditsRoot = proposal.creditsRoot;
  epoch.payoutsRoot = proposal.payoutsRoot;
  epoch.dataHash = proposal.dataHash;
  epoch.total = proposal.total;
  epoch.asOf = proposal.asOf;
  epoch.bond = proposal.bond;
  epoch.finalizableAt = proposal.finalizableAt;
  epoch.proposedIn = proposal.proposedIn;
  epoch.save();
}

/** An epoch whose proposal ended waits for the next one. */
function reopen(epoch: Epoch): void {
  epoch.state = "Open";
  epoch.proposal = null;
  epoch.proposer = null;
  epoch.creditsRoot = null;
  epoch.payoutsRoot = null;
  epoch.dataHash = null;
  epoch.total = null;
  epoch.asOf = null;
  epoch.bond = null;
  epoch.finalizableAt = null;
  epoch.proposedIn = null;
  epoch.save();
}

function endProposal(number: BigInt, state: string, event: ethereum.Event): Proposal | null {
  const proposal = Proposal.load(numberId(number));
  if (proposal == null) return null;
  proposal.state = state;
  proposal.endedAt = event.block.timestamp;
  proposal.endedIn = event.transaction.hash;
  proposal.save();
  return proposal;
}

export function handleEpochRefuted(event: EpochRefuted): void {
  const epoch = Epoch.load(numberId(event.params.epoch));
  const proposal = endProposal(event.params.proposal, "Refuted", event);
  if (epoch == null || proposal == null) return;
  reopen(epoch);

  const refutation = new Refutation(eventId(event.transaction.hash, event.logIndex));
  refutation.epoch = epoch.id;
  refutation.proposal = proposal.id;
  refutation.proposer = event.params.proposer;
  refutation.prover = event.params.prover;
  refutation.proof = event.params.proof;
  refutation.bounty = event.params.bounty;
  refutation.timestamp = event.block.timestamp;
  refutation.transaction = event.transaction.hash;
  refutation.save();
}

export function handleEpochWithdrawn(event: EpochWithdrawn): void {
  const epoch = Epoch.load(numberId(event.params.epoch));
  const proposal = endProposal(event.params.proposal, "Withdrawn", event);
  if (epoch == null || proposal == null) return;
  reopen(epoch);
  proposal.voidBatch = event.params.batch;
  proposal.save();
}

export function handleEpochFinalized(event: EpochFinalized): void {
  endProposal(event.params.proposal, "Final", event);
  const epoch = Epoch.load(numberId(event.params.epoch));
  if (epoch == null) return;
  epoch.state = "Final";
  epoch.finalizedAt = event.block.timestamp;
  epoch.finalizedIn = event.transaction.hash;
  epoch.save();
}

export function handleLeafDemanded(event: LeafDemanded): void {
  const proposal = Proposal.load(numberId(event.params.proposal));
  if (proposal == null) return;
  proposal.openDemands = event.params.openDemandsAfter.toI32();
  proposal.save();

  const demand = new Demand(demandId(event.params.proposal, event.params.tree, event.params.index));
  demand.proposal = proposal.id;
  demand.tree = treeName(event.params.tree);
  demand.index = event.params.index;
  demand.demander = event.params.demander;
  demand.deposit = event.params.deposit;
  demand.deadline = event.params.deadline;
  demand.state = "Open";
  demand.demandedAt = event.block.timestamp;
  demand.demandedIn = event.transaction.hash;
  demand.save();
}

/** Comes before the answer's own event in the same transaction. */
export function handleAbsenceRevealed(event: AbsenceRevealed): void {
  const demand = Demand.load(demandId(event.params.proposal, event.params.tree, event.params.index));
  if (demand == null) return;
  demand.leafCount = event.params.count;
  demand.save();
}

export function handleDemandAnswered(event: DemandAnswered): void {
  const proposal = Proposal.load(numberId(event.params.proposal));
  const demand = Demand.load(demandId(event.params.proposal, event.params.tree, event.params.index));
  if (proposal == null || demand == null) return;
  proposal.openDemands = event.params.openDemandsAfter.toI32();
  proposal.finalizableAt = event.params.finalizableAtAfter;
  proposal.save();

  const epoch = Epoch.load(proposal.epoch);
  if (epoch != null) {
    epoch.finalizableAt = proposal.finalizableAt;
    epoch.save();
  }
  demand.state = "Answered";
  demand.revealer = event.params.revealer;
  demand.endedAt = event.block.timestamp;
  demand.endedIn = event.transaction.hash;
  demand.save();
}

export function handleDepositReturned(event: DepositReturned): void {
  const demand = Demand.load(demandId(event.params.proposal, event.params.tree, event.params.index));
  if (demand == null) return;
  demand.state = "Returned";
  demand.endedAt = event.block.timestamp;
  demand.endedIn = event.transaction.hash;
  demand.save();
}

export function handleBondSet(event: BondSet): void {
  const protocol = loadProtocol();
  protocol.bond = event.params.bond;
  protocol.save();
}

export function handleFinalityPaused(event: FinalityPaused): void {
  const protocol = loadProtocol();
  protocol.finalityPausedUntil = event.params.until;
  protocol.save();
}
