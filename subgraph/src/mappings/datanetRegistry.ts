import { Address } from "@graphprotocol/graph-ts";
import {
  ContributionAccepted,
  ContributionCommitted,
  ContributionRejected,
  DatanetCreated,
  IndexCommitted,
  Transfer,
  VersionPublished,
} from "../../generated/DatanetRegistry/DatanetRegistry";
import { Contribution, Datanet, DatanetIndex, DatanetVersion } from "../../generated/schema";
import { BigInt } from "@graphprotocol/graph-ts";
import { loadContributor } from "../entities/contributor";
import { numberId, versionId } from "../entities/ids";
import { licenceName } from "../entities/licence";
import { loadProtocol } from "../entities/protocol";

const ONE = BigInt.fromI32(1);

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
  datanet.versionCount = 0;
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

export function handleContributionCommitted(event: ContributionCommitted): void {
  const contributor = loadContributor(event.params.contributor);
  contributor.save();

  const contribution = new Contribution(numberId(event.params.contribution));
  contribution.number = event.params.contribution;
  contribution.datanet = numberId(event.params.datanet);
  contribution.contributor = contributor.id;
  contribution.recordsRoot = event.params.recordsRoot;
  contribution.recordCount = event.params.recordCount.toI32();
  contribution.licence = licenceName(event.params.licence);
  contribution.dataHash = event.params.dataHash;
  contribution.state = "Committed";
  contribution.committedAt = event.block.timestamp;
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
  const contribution = Contribution.load(numberId(event.params.contribution));
  if (contribution == null) return;
  contribution.state = "Rejected";
  contribution.decidedAt = event.block.timestamp;
  contribution.decidedIn = event.transaction.hash;
  contribution.save();
}

export function handleVersionPublished(event: VersionPublished): void {
  const datanetId = numberId(event.params.datanet);
  const version = new DatanetVersion(datanetId.concat(versionId(event.params.version)));
  version.datanet = datanetId;
  version.version = event.params.version.toI32();
  version.root = event.params.root;
  version.contributionCount = event.params.contributionCount;
  version.recordCount = event.params.recordCount;
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
