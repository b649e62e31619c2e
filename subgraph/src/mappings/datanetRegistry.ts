import { Address, BigInt } from "@graphprotocol/graph-ts";
import {
  ContributorsChanged,
  DatanetCreated,
  IndexCommitted,
  LicencesChanged,
  OwnerCollected,
  OwnerCredited,
  PoolClaimed,
  PublishingFeeSet,
  RulesScheduled,
  Transfer,
  VersionPublished,
} from "../../generated/DatanetRegistry/DatanetRegistry";
import { Datanet, DatanetIndex, DatanetRules, DatanetVersion, PoolClaim } from "../../generated/schema";
import { eventId, numberId, versionId } from "../entities/ids";
import { licenceName } from "../entities/licence";
import { saveListings } from "../entities/listing";
import { loadProtocol } from "../entities/protocol";

const ONE = BigInt.fromI32(1);
const ACCESS = ["open", "approval", "private"];
const DECIDERS = ["owner", "validators"];
const ADMISSIONS = ["listed", "active"];

/** The number's name; the number itself for one this index does not know yet. */
function nameOf(names: string[], number: i32): string {
  return number >= 0 && number < names.length ? names[number] : number.toString();
}

export function handleDatanetCreated(event: DatanetCreated): void {
  const datanet = new Datanet(numberId(event.params.datanet));
  datanet.number = event.params.datanet;
  datanet.owner = event.params.owner;
  datanet.name = event.params.name;
  datanet.metadataHash = event.params.metadataHash;
  const licences: string[] = [];
  for (let i = 0; i < event.params.licences.length; i++) licences.push(licenceName(event.params.licences[i]));
  datanet.licences = licences;
  datanet.contributionCount = BigInt.zero();
  datanet.recordCount = BigInt.zero();
  datanet.revocationCount = BigInt.zero();
  datanet.versionCount = 0;
  datanet.rulesCount = 0;
  datanet.feesHeld = BigInt.zero();
  datanet.ownerCredit = BigInt.zero();
  datanet.ownerCollected = BigInt.zero();
  datanet.reserve = BigInt.zero();
  datanet.createdAt = event.block.timestamp;
  datanet.transaction = event.transaction.hash;
  datanet.save();

  const protocol = loadProtocol();
  protocol.datanetCount = protocol.datanetCount.plus(ONE);
  protocol.save();
}

export function handleTransfer(event: Transfer): void {
  if (event.params.from.equals(Address.zero())) return;
  const datanet = Datanet.load(numberId(event.params.tokenId));
  if (datanet == null) return;
  datanet.owner = event.params.to;
  datanet.save();
}

export function handleRulesScheduled(event: RulesScheduled): void {
  const datanetId = numberId(event.params.datanet);
  const given = event.params.rules;
  const rules = new DatanetRules(datanetId.concat(versionId(event.params.number)));
  rules.datanet = datanetId;
  rules.number = event.params.number.toI32();
  rules.access = nameOf(ACCESS, given.access);
  rules.decider = nameOf(DECIDERS, given.decider);
  rules.admission = nameOf(ADMISSIONS, given.admission);
  rules.contributionFee = given.contributionFee;
  rules.decisionPeriod = given.decisionPeriod;
  rules.commitPeriod = given.commitPeriod;
  rules.revealPeriod = given.revealPeriod;
  rules.validatorsBps = given.validatorsBps;
  rules.curationBps = given.curationBps;
  rules.acceptScore = given.acceptScore;
  rules.quorum = given.quorum;
  rules.rewardPerContribution = given.rewardPerContribution;
  rules.effectiveAt = event.params.effectiveAt;
  rules.transaction = event.transaction.hash;
  rules.save();

  const datanet = Datanet.load(datanetId);
  if (datanet == null) return;
  datanet.rulesCount = rules.number;
  datanet.save();
}

export function handleLicencesChanged(event: LicencesChanged): void {
  const datanet = Datanet.load(numberId(event.params.datanet));
  if (datanet == null) return;
  const licences = datanet.licences;
  for (let i = 0; i < event.params.added.length; i++) {
    const added = licenceName(event.params.added[i]);
    if (!licences.includes(added)) licences.push(added);
  }
  for (let i = 0; i < event.params.removed.length; i++) {
    const at = licences.indexOf(licenceName(event.params.removed[i]));
    if (at >= 0) licences.splice(at, 1);
  }
  datanet.licences = licences;
  datanet.save();
}

export function handleContributorsChanged(event: ContributorsChanged): void {
  const datanet = numberId(event.params.datanet);
  saveListings(event, datanet, "contributor", event.params.added, true);
  saveListings(event, datanet, "contributor", event.params.removed, false);
}

export function handleVersionPublished(event: VersionPublished): void {
  const datanetId = numberId(event.params.datanet);
  const version = new DatanetVersion(datanetId.concat(versionId(event.params.version)));
  version.datanet = datanetId;
  version.version = event.params.version.toI32();
  version.root = event.params.root;
  version.contributionCount = event.params.contributionCount;
  version.recordCount = event.params.recordCount;
  version.revocationCount = event.params.revocationCount;
  version.revocationsHash = event.params.revocationsHash;
  version.publishingFee = event.params.publishingFee;
  version.publishedAt = event.block.timestamp;
  version.transaction = event.transaction.hash;
  version.save();

  const datanet = Datanet.load(datanetId);
  if (datanet == null) return;
  datanet.versionCount = version.version;
  datanet.save();
}

export function handleIndexCommitted(event: IndexCommitted): void {
  const version = numberId(event.params.datanet).concat(versionId(event.params.version));
  const base = numberId(event.params.base);
  const index = new DatanetIndex(version.concat(base));
  index.version = version;
  index.base = base;
  index.root = event.params.root;
  index.dataHash = event.params.dataHash;
  index.committedAt = event.block.timestamp;
  index.transaction = event.transaction.hash;
  index.save();
}

export function handleOwnerCredited(event: OwnerCredited): void {
  const datanet = Datanet.load(numberId(event.params.datanet));
  if (datanet == null) return;
  datanet.ownerCredit = event.params.ownerCreditAfter;
  datanet.save();
}

export function handlePoolClaimed(event: PoolClaimed): void {
  const datanetId = numberId(event.params.datanet);
  const claim = new PoolClaim(eventId(event.transaction.hash, event.logIndex));
  claim.datanet = datanetId;
  claim.stream = numberId(event.params.stream);
  claim.toOwner = event.params.toOwner;
  claim.toReserve = event.params.toReserve;
  claim.timestamp = event.block.timestamp;
  claim.transaction = event.transaction.hash;
  claim.save();

  const datanet = Datanet.load(datanetId);
  if (datanet == null) return;
  datanet.ownerCredit = event.params.ownerCreditAfter;
  datanet.save();
}

export function handleOwnerCollected(event: OwnerCollected): void {
  const datanet = Datanet.load(numberId(event.params.datanet));
  if (datanet == null) return;
  datanet.ownerCredit = BigInt.zero();
  datanet.ownerCollected = datanet.ownerCollected.plus(event.params.amount);
  datanet.save();
}

export function handlePublishingFeeSet(event: PublishingFeeSet): void {
  const protocol = loadProtocol();
  protocol.publishingFee = event.params.amount;
  protocol.publishingTreasury = event.params.treasury;
  protocol.save();
}
