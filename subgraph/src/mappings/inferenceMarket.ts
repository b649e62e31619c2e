import { Address, BigInt, Bytes, ethereum } from "@graphprotocol/graph-ts";
import {
  BatchSettled,
  ChannelOpened,
  ChannelSettled,
  ChannelThawStarted,
  ChannelThawWithdrawn,
  ChannelToppedUp,
  Deposited,
  DestinationsSet,
  ModelCollected,
  ModelSettled,
  ProtocolCollected,
  RunnerCollected,
  SecurityCollected,
  SplitConfigSet,
  StakersCollected,
  Withdrawn,
} from "../../generated/InferenceMarket/InferenceMarket";
import {
  Channel,
  ChannelSettlement,
  Collection,
  FeePoint,
  Model,
  ModelSettlement,
  Payer,
  ReceiptBatch,
  Transfer,
} from "../../generated/schema";
import { eventId, numberId } from "../entities/ids";
import { loadPayer } from "../entities/payer";
import { loadProtocol } from "../entities/protocol";
import { loadRunner } from "../entities/runner";

const ONE = BigInt.fromI32(1);

export function handleDeposited(event: Deposited): void {
  const payer = loadPayer(event.params.payer);
  payer.deposited = payer.deposited.plus(event.params.amount);
  payer.free = event.params.freeAfter;
  payer.save();
  saveTransfer(event, payer, "deposit", event.params.from, event.params.amount);

  const protocol = loadProtocol();
  protocol.deposited = protocol.deposited.plus(event.params.amount);
  protocol.free = protocol.free.plus(event.params.amount);
  protocol.save();
}

export function handleWithdrawn(event: Withdrawn): void {
  const payer = loadPayer(event.params.payer);
  payer.withdrawn = payer.withdrawn.plus(event.params.amount);
  payer.free = event.params.freeAfter;
  payer.save();
  saveTransfer(event, payer, "withdrawal", event.params.to, event.params.amount);

  const protocol = loadProtocol();
  protocol.withdrawn = protocol.withdrawn.plus(event.params.amount);
  protocol.free = protocol.free.minus(event.params.amount);
  protocol.save();
}

function saveTransfer(event: ethereum.Event, payer: Payer, kind: string, counterparty: Address, amount: BigInt): void {
  const transfer = new Transfer(eventId(event.transaction.hash, event.logIndex));
  transfer.payer = payer.id;
  transfer.kind = kind;
  transfer.counterparty = counterparty;
  transfer.amount = amount;
  transfer.freeAfter = payer.free;
  transfer.timestamp = event.block.timestamp;
  transfer.transaction = event.transaction.hash;
  transfer.save();
}

export function handleChannelOpened(event: ChannelOpened): void {
  const payer = loadPayer(event.params.payer);
  payer.free = event.params.freeAfter;
  payer.save();
  const runner = loadRunner(event.params.runner);
  runner.save();

  const channel = new Channel(event.params.channel);
  channel.payer = payer.id;
  channel.runner = runner.id;
  channel.salt = event.params.salt;
  channel.balance = event.params.amount;
  channel.claimed = BigInt.zero();
  channel.thawing = BigInt.zero();
  channel.thawEnd = BigInt.zero();
  channel.openedAt = event.block.timestamp;
  channel.transaction = event.transaction.hash;
  channel.save();

  const protocol = loadProtocol();
  protocol.channelCount = protocol.channelCount.plus(ONE);
  protocol.save();
  moveIntoChannels(event.params.amount);
}

export function handleChannelToppedUp(event: ChannelToppedUp): void {
  const channel = Channel.load(event.params.channel);
  if (channel == null) return;
  channel.balance = event.params.balanceAfter;
  channel.save();
  setFree(channel.payer, event.params.freeAfter);
  moveIntoChannels(event.params.amount);
}

export function handleChannelThawStarted(event: ChannelThawStarted): void {
  const channel = Channel.load(event.params.channel);
  if (channel == null) return;
  channel.thawing = event.params.thawingAfter;
  channel.thawEnd = event.params.thawEnd;
  channel.save();
}

export function handleChannelThawWithdrawn(event: ChannelThawWithdrawn): void {
  const channel = Channel.load(event.params.channel);
  if (channel == null) return;
  channel.balance = event.params.balanceAfter;
  channel.thawing = BigInt.zero();
  channel.thawEnd = BigInt.zero();
  channel.save();
  setFree(channel.payer, event.params.freeAfter);
  moveIntoChannels(event.params.amount.neg());
}

function setFree(payerId: Bytes, free: BigInt): void {
  const payer = Payer.load(payerId);
  if (payer == null) return;
  payer.free = free;
  payer.save();
}

/** From free balances to channels; negative amounts go back. */
function moveIntoChannels(amount: BigInt): void {
  const protocol = loadProtocol();
  protocol.free = protocol.free.minus(amount);
  protocol.inChannels = protocol.inChannels.plus(amount);
  protocol.save();
}

export function handleChannelSettled(event: ChannelSettled): void {
  const channel = Channel.load(event.params.channel);
  if (channel == null) return;
  channel.claimed = event.params.claimedAfter;
  channel.save();

  const payer = Payer.load(channel.payer);
  if (payer != null) {
    payer.spent = payer.spent.plus(event.params.amount);
    payer.save();
  }

  const settlement = new ChannelSettlement(eventId(event.transaction.hash, event.logIndex));
  settlement.channel = channel.id;
  settlement.model = numberId(event.params.model);
  settlement.batch = numberId(event.params.batch);
  settlement.nonce = event.params.nonce;
  settlement.amount = event.params.amount;
  settlement.modelClaimedAfter = event.params.modelClaimedAfter;
  settlement.claimedAfter = event.params.claimedAfter;
  settlement.timestamp = event.block.timestamp;
  settlement.transaction = event.transaction.hash;
  settlement.save();
}

export function handleModelSettled(event: ModelSettled): void {
  const split = event.params.split;
  const runner = loadRunner(event.params.runner);
  runner.settled = runner.settled.plus(event.params.amount);
  runner.runnerPart = runner.runnerPart.plus(split.runner);
  runner.save();

  const modelId = numberId(event.params.model);
  const model = Model.load(modelId);
  if (model != null) {
    model.settled = model.settled.plus(event.params.amount);
    model.modelPart = model.modelPart.plus(split.model);
    model.dataPart = model.dataPart.plus(split.data);
    model.save();
  }

  const batchId = numberId(event.params.batch);
  const settlement = new ModelSettlement(batchId.concat(modelId));
  settlement.batch = batchId;
  settlement.model = modelId;
  settlement.runner = runner.id;
  settlement.amount = event.params.amount;
  settlement.protocolPart = split.protocol;
  settlement.securityPart = split.security;
  settlement.stakersPart = split.stakers;
  settlement.modelPart = split.model;
  settlement.dataPart = split.data;
  settlement.runnerPart = split.runner;
  settlement.timestamp = event.block.timestamp;
  settlement.transaction = event.transaction.hash;
  settlement.save();

  const point = new FeePoint(0);
  point.model = modelId;
  point.runner = runner.id;
  point.amount = event.params.amount;
  point.dataPart = split.data;
  point.save();

  const protocol = loadProtocol();
  protocol.inChannels = protocol.inChannels.minus(event.params.amount);
  protocol.settled = protocol.settled.plus(event.params.amount);
  protocol.protocolPart = protocol.protocolPart.plus(split.protocol);
  protocol.securityPart = protocol.securityPart.plus(split.security);
  protocol.stakersPart = protocol.stakersPart.plus(split.stakers);
  protocol.modelPart = protocol.modelPart.plus(split.model);
  protocol.dataPart = protocol.dataPart.plus(split.data);
  protocol.runnerPart = protocol.runnerPart.plus(split.runner);
  protocol.save();
}

export function handleBatchSettled(event: BatchSettled): void {
  const runner = loadRunner(event.params.runner);
  runner.batchCount = runner.batchCount.plus(ONE);
  runner.save();

  const batch = new ReceiptBatch(numberId(event.params.batch));
  batch.number = event.params.batch;
  batch.runner = runner.id;
  batch.receiptsRoot = event.params.receiptsRoot;
  batch.dataHash = event.params.dataHash;
  batch.amount = event.params.amount;
  batch.dataAmount = event.params.dataAmount;
  batch.cumulativeData = event.params.cumulativeData;
  batch.block = event.block.number;
  batch.timestamp = event.block.timestamp;
  batch.transaction = event.transaction.hash;
  batch.save();

  const protocol = loadProtocol();
  protocol.batchCount = protocol.batchCount.plus(ONE);
  protocol.save();
}

export function handleProtocolCollected(event: ProtocolCollected): void {
  const collection = newCollection(event, "protocol", event.params.amount);
  collection.to = event.params.to;
  collection.save();
}

export function handleSecurityCollected(event: SecurityCollected): void {
  const collection = newCollection(event, "security", event.params.amount);
  collection.to = event.params.to;
  collection.save();
}

export function handleStakersCollected(event: StakersCollected): void {
  const collection = newCollection(event, "stakers", event.params.amount);
  collection.account = event.params.runner;
  collection.save();
}

export function handleModelCollected(event: ModelCollected): void {
  const collection = newCollection(event, "model", event.params.amount);
  collection.model = numberId(event.params.model);
  collection.to = event.params.to;
  collection.save();
}

export function handleRunnerCollected(event: RunnerCollected): void {
  const collection = newCollection(event, "runner", event.params.amount);
  collection.account = event.params.runner;
  collection.to = event.params.runner;
  collection.save();
}

function newCollection(event: ethereum.Event, part: string, amount: BigInt): Collection {
  const protocol = loadProtocol();
  protocol.collected = protocol.collected.plus(amount);
  protocol.save();

  const collection = new Collection(eventId(event.transaction.hash, event.logIndex));
  collection.part = part;
  collection.amount = amount;
  collection.timestamp = event.block.timestamp;
  collection.transaction = event.transaction.hash;
  return collection;
}

export function handleSplitConfigSet(event: SplitConfigSet): void {
  const protocol = loadProtocol();
  protocol.splitConfigVersion = event.params.configVersion.toI32();
  protocol.protocolBps = event.params.config.protocolBps;
  protocol.securityBps = event.params.config.securityBps;
  protocol.stakersBps = event.params.config.stakersBps;
  protocol.save();
}

export function handleDestinationsSet(event: DestinationsSet): void {
  const protocol = loadProtocol();
  protocol.treasury = event.params.treasury;
  protocol.security = event.params.security;
  protocol.save();
}
