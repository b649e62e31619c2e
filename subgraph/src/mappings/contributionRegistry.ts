import { Address, BigInt, Bytes, ethereum } from "@graphprotocol/graph-ts";
import {
  ContributionAccepted,
  ContributionCommitted,
  ContributionEnteredRound,
  ContributionReferred,
  ContributionRejected,
  ContributionRevoked,
  ContributionsPaused,
  ContributionWithdrawn,
  DuplicateRefuted,
  FeeHeld,
  FeeSettled,
  RecordRevoked,
} from "../../generated/ContributionRegistry/ContributionRegistry";
import { Contribution, Datanet, DuplicateRefutation, FeeSettlement, RecordRevocation } from "../../generated/schema";
import { loadContributor } from "../entities/contributor";
import { eventId, numberId } from "../entities/ids";
import { licenceName } from "../entities/licence";
import { loadProtocol } from "../entities/protocol";

const ONE = BigInt.fromI32(1);

export function handleContributionCommitted(event: ContributionCommitted): void {
  const contributor = loadContributor(event.params.contributor);
  contributor.save();

  const contribution = new Contribution(numberId(event.params.contribution));
  contribution.number = event.params.contribution;
  contribution.datanet = numberId(event.params.datanet);
  contribution.contributor = contributor.id;
  contribution.recordsRoot = event.params.recordsRoot;
  contribution.recordCount = event.params.recordCount.toI32();
  contribution.revokedCount = 0;
  contribution.licence = licenceName(event.params.licence);
  contribution.dataHash = event.params.dataHash;
  contribution.rules = event.params.rules.toI32();
  contribution.state = "Committed";
  contribution.committedAt = event.params.committedAt;
  contribution.committedIn = event.transaction.hash;
  contribution.save();
}

export function handleContributionAccepted(event: ContributionAccepted): void {
  const contribution = Contribution.load(numberId(event.params.contribution));
  if (contribution == null) return;
  contribution.state = "Accepted";
  contribution.position = event.params.position;
  contribution.decidedAt = event.block.timestamp;
  contribution.decidedIn = event.transaction.hash;
  contribution.save();

  const records = BigInt.fromI32(contribution.recordCount);
  const contributor = loadContributor(event.params.contributor);
  contributor.contributionCount = contributor.contributionCount.plus(ONE);
  contributor.recordCount = contributor.recordCount.plus(records);
  contributor.standingCount = contributor.standingCount.plus(records);
  contributor.save();

  const datanet = Datanet.load(contribution.datanet);
  if (datanet != null) {
    datanet.contributionCount = event.params.contributionCountAfter;
    datanet.recordCount = event.params.recordCountAfter;
    datanet.save();
  }

  const protocol = loadProtocol();
  protocol.contributionCount = protocol.contributionCount.plus(ONE);
  protocol.recordCount = protocol.recordCount.plus(records);
  protocol.save();
}

export function handleContributionRejected(event: ContributionRejected): void {
  decide(event, event.params.contribution, "Rejected");
}

export function handleContributionWithdrawn(event: ContributionWithdrawn): void {
  decide(event, event.params.contribution, "Withdrawn");
}

export function handleContributionEnteredRound(event: ContributionEnteredRound): void {
  setState(event.params.contribution, "InRound");
}

export function handleContributionReferred(event: ContributionReferred): void {
  setState(event.params.contribution, "Referred");
}

export function handleContributionRevoked(event: ContributionRevoked): void {
  const p = event.params;
  setState(p.contribution, "Revoked");
  const contribution = Contribution.load(numberId(p.contribution));
  if (contribution != null) revoke(contribution, contribution.recordCount - contribution.revokedCount);
  saveRevocation(event, p.contribution, p.datanet, null, p.by, p.revocationCountAfter, p.revocationsHashAfter);
}

export function handleRecordRevoked(event: RecordRevoked): void {
  const p = event.params;
  const contribution = Contribution.load(numberId(p.contribution));
  if (contribution != null) revoke(contribution, 1);
  saveRevocation(event, p.contribution, p.datanet, p.index, p.by, p.revocationCountAfter, p.revocationsHashAfter);
}

export function handleDuplicateRefuted(event: DuplicateRefuted): void {
  const refutation = new DuplicateRefutation(eventId(event.transaction.hash, event.logIndex));
  refutation.contribution = numberId(event.params.contribution);
  refutation.index = event.params.index;
  refutation.earlier = numberId(event.params.earlierContribution);
  refutation.earlierIndex = event.params.earlierIndex;
  refutation.prover = event.params.prover;
  refutation.bounty = event.params.bounty;
  refutation.timestamp = event.block.timestamp;
  refutation.transaction = event.transaction.hash;
  refutation.save();
}

export function handleFeeHeld(event: FeeHeld): void {
  const contribution = Contribution.load(numberId(event.params.contribution));
  if (contribution != null) {
    contribution.fee = event.params.amount;
    contribution.save();
  }
  setFeesHeld(event.params.datanet, event.params.feesHeldAfter);
}

export function handleFeeSettled(event: FeeSettled): void {
  const settlement = new FeeSettlement(eventId(event.transaction.hash, event.logIndex));
  settlement.contribution = numberId(event.params.contribution);
  settlement.datanet = numberId(event.params.datanet);
  settlement.toOwner = event.params.toOwner;
  settlement.toValidators = event.params.toValidators;
  settlement.toProver = event.params.toProver;
  settlement.toContributor = event.params.toContributor;
  settlement.timestamp = event.block.timestamp;
  settlement.transaction = event.transaction.hash;
  settlement.save();

  setFeesHeld(event.params.datanet, event.params.feesHeldAfter);
}

export function handleContributionsPaused(event: ContributionsPaused): void {
  const protocol = loadProtocol();
  protocol.contributionsPausedUntil = event.params.until;
  protocol.save();
}

function setState(number: BigInt, state: string): void {
  const contribution = Contribution.load(numberId(number));
  if (contribution == null) return;
  contribution.state = state;
  contribution.save();
}

function decide(event: ethereum.Event, number: BigInt, state: string): void {
  const contribution = Contribution.load(numberId(number));
  if (contribution == null) return;
  contribution.state = state;
  contribution.decidedAt = event.block.timestamp;
  contribution.decidedIn = event.transaction.hash;
  contribution.save();
}

function setFeesHeld(number: BigInt, amount: BigInt): void {
  const datanet = Datanet.load(numberId(number));
  if (datanet == null) return;
  datanet.feesHeld = amount;
  datanet.save();
}

/** So many more of its records stand no longer. */
function revoke(contribution: Contribution, count: i32): void {
  contribution.revokedCount = contribution.revokedCount + count;
  contribution.save();
  const contributor = loadContributor(Address.fromBytes(contribution.contributor));
  contributor.standingCount = contributor.standingCount.minus(BigInt.fromI32(count));
  contributor.save();
}

function saveRevocation(
  event: ethereum.Event,
  contribution: BigInt,
  number: BigInt,
  index: BigInt | null,
  by: Address,
  sequence: BigInt,
  revocationsHash: Bytes,
): void {
  const revocation = new RecordRevocation(eventId(event.transaction.hash, event.logIndex));
  revocation.datanet = numberId(number);
  revocation.contribution = numberId(contribution);
  revocation.index = index;
  revocation.by = by;
  revocation.sequence = sequence;
  revocation.revocationsHash = revocationsHash;
  revocation.timestamp = event.block.timestamp;
  revocation.transaction = event.transaction.hash;
  revocation.save();

  const datanet = Datanet.load(numberId(number));
  if (datanet == null) return;
  datanet.revocationCount = sequence;
  datanet.save();
}
