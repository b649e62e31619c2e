import { BigInt } from "@graphprotocol/graph-ts";
import {
  BondSet,
  EpochFinalized,
  EpochOpened,
  EpochProposed,
  EpochRefuted,
} from "../../generated/AttributionOracle/AttributionOracle";
import { Epoch, Refutation } from "../../generated/schema";
import { eventId, numberId } from "../entities/ids";
import { loadProtocol } from "../entities/protocol";

export function handleEpochOpened(event: EpochOpened): void {
  const epoch = new Epoch(numberId(event.params.epoch));
  epoch.number = event.params.epoch;
  epoch.firstBatch = event.params.firstBatch;
  epoch.lastBatch = event.params.lastBatch;
  epoch.dataAmount = event.params.dataAmount;
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
  epoch.state = "Proposed";
  epoch.proposer = event.params.proposer;
  epoch.creditsRoot = event.params.creditsRoot;
  epoch.payoutsRoot = event.params.payoutsRoot;
  epoch.dataHash = event.params.dataHash;
  epoch.total = event.params.total;
  epoch.bond = event.params.bond;
  epoch.finalizableAt = event.params.finalizableAt;
  epoch.proposedIn = event.transaction.hash;
  epoch.save();
}

export function handleEpochRefuted(event: EpochRefuted): void {
  const epoch = Epoch.load(numberId(event.params.epoch));
  if (epoch == null) return;
  epoch.state = "Open";
  epoch.proposer = null;
  epoch.creditsRoot = null;
  epoch.payoutsRoot = null;
  epoch.dataHash = null;
  epoch.total = null;
  epoch.bond = null;
  epoch.finalizableAt = null;
  epoch.proposedIn = null;
  epoch.save();

  const refutation = new Refutation(eventId(event.transaction.hash, event.logIndex));
  refutation.epoch = epoch.id;
  refutation.proposer = event.params.proposer;
  refutation.prover = event.params.prover;
  refutation.proof = event.params.proof;
  refutation.bounty = event.params.bounty;
  refutation.timestamp = event.block.timestamp;
  refutation.transaction = event.transaction.hash;
  refutation.save();
}

export function handleEpochFinalized(event: EpochFinalized): void {
  const epoch = Epoch.load(numberId(event.params.epoch));
  if (epoch == null) return;
  epoch.state = "Final";
  epoch.finalizedAt = event.block.timestamp;
  epoch.finalizedIn = event.transaction.hash;
  epoch.save();
}

export function handleBondSet(event: BondSet): void {
  const protocol = loadProtocol();
  protocol.bond = event.params.bond;
  protocol.save();
}
