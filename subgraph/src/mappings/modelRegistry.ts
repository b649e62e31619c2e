import { Address, BigInt, Bytes } from "@graphprotocol/graph-ts";
import {
  CardCommitted,
  LineageFixed,
  ModelDeprecated,
  ModelRegistered,
  PublishingFeePaid,
  PublishingFeeSet,
  RegistrationPaused,
  RevenueCancelled,
  RevenueScheduled,
  Transfer,
  TreasurySet,
} from "../../generated/ModelRegistry/ModelRegistry";
import { Lineage, Model, ModelDatanet, RevenueConfig } from "../../generated/schema";
import { numberId, versionId } from "../entities/ids";
import { loadProtocol } from "../entities/protocol";

/** What withdraws a card. */
const NO_CARD = "0x0000000000000000000000000000000000000000000000000000000000000000";

export function handleModelRegistered(event: ModelRegistered): void {
  const model = new Model(numberId(event.params.model));
  model.number = event.params.model;
  if (!event.params.base.isZero()) model.base = numberId(event.params.base);
  model.owner = event.params.owner;
  model.name = event.params.name;
  model.weightsRoot = event.params.weightsRoot;
  model.programRoot = event.params.programRoot;
  model.manifestHash = event.params.manifestHash;
  model.pricePerRequest = event.params.price.perRequest;
  model.pricePerPromptToken = event.params.price.perPromptToken;
  model.pricePerOutputToken = event.params.price.perOutputToken;
  model.modelBps = event.params.revenue.modelBps;
  model.dataBps = event.params.revenue.dataBps;
  model.derivativeBps = 0;
  model.feePaid = BigInt.zero();
  model.settled = BigInt.zero();
  model.modelPart = BigInt.zero();
  model.dataPart = BigInt.zero();
  model.registeredAt = event.block.timestamp;
  model.transaction = event.transaction.hash;
  model.save();

  const revenue = new RevenueConfig(revenueId(model.id, event.block.timestamp));
  revenue.model = model.id;
  revenue.modelBps = model.modelBps;
  revenue.dataBps = model.dataBps;
  revenue.effectiveAt = event.block.timestamp;
  revenue.scheduledAt = event.block.timestamp;
  revenue.transaction = event.transaction.hash;
  revenue.save();

  for (let i = 0; i < event.params.versions.length; i++) {
    const reference = event.params.versions[i];
    const datanet = numberId(reference.datanet);
    const link = new ModelDatanet(model.id.concat(datanet).concat(versionId(reference.version)));
    link.model = model.id;
    link.datanet = datanet;
    link.version = reference.version.toI32();
    link.save();
  }

  const protocol = loadProtocol();
  protocol.modelCount = protocol.modelCount.plus(BigInt.fromI32(1));
  protocol.save();
}

/** Comes right behind the registration. */
export function handleLineageFixed(event: LineageFixed): void {
  const model = Model.load(numberId(event.params.model));
  if (model == null) return;
  model.derivativeBps = event.params.derivativeBps;
  if (!event.params.supersedes.isZero()) {
    const superseded = Model.load(numberId(event.params.supersedes));
    if (superseded != null) {
      superseded.successor = model.id;
      superseded.save();
    }
    model.supersedes = numberId(event.params.supersedes);
  }
  model.save();

  for (let i = 0; i < event.params.upstream.length; i++) {
    const entry = event.params.upstream[i];
    const upstream = numberId(entry.model);
    const lineage = new Lineage(model.id.concat(upstream));
    lineage.model = model.id;
    lineage.upstream = upstream;
    lineage.bps = entry.bps;
    lineage.save();
  }
}

export function handlePublishingFeePaid(event: PublishingFeePaid): void {
  const model = Model.load(numberId(event.params.model));
  if (model == null) return;
  model.feePaid = event.params.amount;
  model.save();
}

export function handleRevenueScheduled(event: RevenueScheduled): void {
  const model = Model.load(numberId(event.params.model));
  if (model == null) return;
  // Only one may be pending: what was next is in force.
  if (model.nextRevenueAt !== null) {
    model.modelBps = model.nextModelBps;
    model.dataBps = model.nextDataBps;
  }
  model.nextModelBps = event.params.revenue.modelBps;
  model.nextDataBps = event.params.revenue.dataBps;
  model.nextRevenueAt = event.params.effectiveAt;
  model.save();

  const revenue = new RevenueConfig(revenueId(model.id, event.params.effectiveAt));
  revenue.model = model.id;
  revenue.modelBps = event.params.revenue.modelBps;
  revenue.dataBps = event.params.revenue.dataBps;
  revenue.effectiveAt = event.params.effectiveAt;
  revenue.scheduledAt = event.block.timestamp;
  // one that was taken back and announced again in the same second is the same entity
  revenue.cancelledAt = null;
  revenue.transaction = event.transaction.hash;
  revenue.save();
}

export function handleRevenueCancelled(event: RevenueCancelled): void {
  const model = Model.load(numberId(event.params.model));
  if (model == null) return;
  const pending = model.nextRevenueAt;
  if (pending !== null) {
    const revenue = RevenueConfig.load(revenueId(model.id, pending));
    if (revenue != null) {
      revenue.cancelledAt = event.block.timestamp;
      revenue.save();
    }
  }
  model.modelBps = event.params.revenue.modelBps;
  model.dataBps = event.params.revenue.dataBps;
  model.unset("nextModelBps");
  model.unset("nextDataBps");
  model.nextRevenueAt = null;
  model.save();
}

export function handleCardCommitted(event: CardCommitted): void {
  const model = Model.load(numberId(event.params.model));
  if (model == null) return;
  if (event.params.cardHash.equals(Bytes.fromHexString(NO_CARD))) model.cardHash = null;
  else model.cardHash = event.params.cardHash;
  model.save();
}

export function handleModelDeprecated(event: ModelDeprecated): void {
  const model = Model.load(numberId(event.params.model));
  if (model == null) return;
  model.deprecatedAt = event.params.deprecatedAt;
  model.save();
}

export function handlePublishingFeeSet(event: PublishingFeeSet): void {
  const protocol = loadProtocol();
  protocol.modelPublishingFee = event.params.fee;
  protocol.save();
}

export function handleTreasurySet(event: TreasurySet): void {
  const protocol = loadProtocol();
  protocol.modelTreasury = event.params.treasury;
  protocol.save();
}

export function handleRegistrationPaused(event: RegistrationPaused): void {
  const protocol = loadProtocol();
  protocol.modelRegistrationPausedUntil = event.params.until;
  protocol.save();
}

export function handleTransfer(event: Transfer): void {
  if (event.params.from.equals(Address.zero())) return;
  const model = Model.load(numberId(event.params.tokenId));
  if (model == null) return;
  model.owner = event.params.to;
  model.save();
}

function revenueId(model: Bytes, effectiveAt: BigInt): Bytes {
  return model.concat(numberId(effectiveAt));
}
