import { Address, BigInt, Bytes, crypto, ethereum } from "@graphprotocol/graph-ts";
import {
  AllocationUsed,
  AllocationWithdrawn,
  BatchesPinned,
  BatchSettled,
  ChannelOpened,
  ChannelReleased,
  ChannelThawStarted,
  ChannelThawWithdrawn,
  ChannelToppedUp,
  DataCollected,
  Deposited,
  DestinationsSet,
  ExitsPaused,
  ModelCollected,
  ProtocolCollected,
  Refunded,
  RunnerCollected,
  SecurityCollected,
  SettlementPaused,
  SignerAuthorized,
  SignerThawStarted,
  SplitConfigSet,
  StakersCollected,
  UpstreamCollected,
  Withdrawn,
} from "../../generated/InferenceMarket/InferenceMarket";
import {
  Allocation,
  BatchPin,
  Channel,
  ChannelSettlement,
  Collection,
  FeePoint,
  Model,
  ModelSettlement,
  Payer,
  ReceiptBatch,
  Signer,
  Transfer,
} from "../../generated/schema";
import { eventId, numberId } from "../entities/ids";
import { readBytes, readUint } from "../entities/packed";
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

export function handleChannelReleased(event: ChannelReleased): void {
  const channel = Channel.load(event.params.channel);
  if (channel == null) return;
  channel.balance = event.params.balanceAfter;
  channel.thawing = event.params.thawingAfter;
  if (channel.thawing.isZero()) channel.thawEnd = BigInt.zero();
  channel.save();
  setFree(channel.payer, event.params.freeAfter);
  moveIntoChannels(event.params.amount.neg());
}

export function handleRefunded(event: Refunded): void {
  const channel = Channel.load(event.params.channel);
  if (channel == null) return;
  setFree(channel.payer, event.params.freeAfter);
  const protocol = loadProtocol();
  protocol.free = protocol.free.plus(event.params.amount);
  protocol.refunded = protocol.refunded.plus(event.params.amount);
  protocol.save();
}

export function handleSignerAuthorized(event: SignerAuthorized): void {
  const payer = loadPayer(event.params.payer);
  payer.save();
  const signer = new Signer(payer.id.concat(event.params.signer));
  signer.payer = payer.id;
  signer.signer = event.params.signer;
  signer.thawEnd = null;
  signer.authorizedAt = event.block.timestamp;
  signer.save();
}

export function handleSignerThawStarted(event: SignerThawStarted): void {
  const signer = Signer.load(event.params.payer.concat(event.params.signer));
  if (signer == null) return;
  signer.thawEnd = event.params.thawEnd;
  signer.save();
}

export function handleAllocationUsed(event: AllocationUsed): void {
  const allocation = loadAllocation(event.params.allocation, event.params.payer);
  allocation.operator = event.params.operator;
  allocation.amount = event.params.amountAfter;
  allocation.count = event.params.countAfter.toI32();
  allocation.save();
}

export function handleAllocationWithdrawn(event: AllocationWithdrawn): void {
  const allocation = loadAllocation(event.params.allocation, event.params.payer);
  allocation.isRevoked = true;
  allocation.save();
}

function loadAllocation(digest: Bytes, account: Address): Allocation {
  const known = Allocation.load(digest);
  if (known != null) return known;
  const payer = loadPayer(account);
  payer.save();
  const allocation = new Allocation(digest);
  allocation.payer = payer.id;
  allocation.amount = BigInt.zero();
  allocation.count = 0;
  allocation.isRevoked = false;
  return allocation;
}

// What a batch moved is packed into its event: an entry for each channel and model, models ascending; and for each model the
// details of its channels, then its split.
const ENTRY = 64;
const CHANNEL_DETAIL = 20;
const SPLIT_DETAIL = 60;

export function handleBatchSettled(event: BatchSettled): void {
  const runner = loadRunner(event.params.runner);
  runner.batchCount = runner.batchCount.plus(ONE);
  runner.save();

  const settlements = event.params.settlements;
  const batch = new ReceiptBatch(numberId(event.params.batch));
  batch.number = event.params.batch;
  batch.runner = runner.id;
  batch.receiptsRoot = event.params.receiptsRoot;
  batch.settlementsHash = Bytes.fromByteArray(crypto.keccak256(settlements));
  batch.dataHash = event.params.dataHash;
  batch.amount = event.params.amount;
  batch.dataAmount = event.params.dataAmount;
  batch.cumulativeData = event.params.cumulativeData;
  batch.block = event.block.number;
  batch.timestamp = event.block.timestamp;
  batch.transaction = event.transaction.hash;
  batch.save();

  let detail = 0;
  let amount = BigInt.zero();
  for (let entry = 0; entry < settlements.length; entry += ENTRY) {
    const model = readUint(settlements, entry + 32, 8);
    amount = amount.plus(saveChannelSettlement(event, model, entry, detail));
    detail += CHANNEL_DETAIL;
    const next = entry + ENTRY;
    if (next < settlements.length && readUint(settlements, next + 32, 8).equals(model)) continue;
    saveModelSettlement(event, model, amount, detail);
    detail += SPLIT_DETAIL;
    amount = BigInt.zero();
  }

  const protocol = loadProtocol();
  protocol.batchCount = protocol.batchCount.plus(ONE);
  protocol.save();
}

/** @returns What the entry moved. */
function saveChannelSettlement(event: BatchSettled, model: BigInt, entry: i32, detail: i32): BigInt {
  const settlements = event.params.settlements;
  const details = event.params.details;
  const after = readUint(settlements, entry + 52, 12);
  const amount = after.minus(readUint(settlements, entry + 40, 12));
  const channel = Channel.load(readBytes(settlements, entry, 32));
  if (channel == null) return amount;
  const batchId = numberId(event.params.batch);
  const modelId = numberId(model);

  const settlement = new ChannelSettlement(batchId.concat(modelId).concat(channel.id));
  settlement.channel = channel.id;
  settlement.model = modelId;
  settlement.batch = batchId;
  settlement.nonce = readUint(details, detail, 8);
  settlement.amount = amount;
  settlement.modelClaimedAfter = after;
  settlement.claimedAfter = readUint(details, detail + 8, 12);
  settlement.timestamp = event.block.timestamp;
  settlement.transaction = event.transaction.hash;
  settlement.save();

  channel.claimed = settlement.claimedAfter;
  channel.save();
  const payer = Payer.load(channel.payer);
  if (payer == null) return amount;
  payer.spent = payer.spent.plus(amount);
  payer.save();
  return amount;
}

/** @param at Where the model's split stands in the details. */
function saveModelSettlement(event: BatchSettled, number: BigInt, amount: BigInt, at: i32): void {
  const details = event.params.details;
  const batchId = numberId(event.params.batch);
  const modelId = numberId(number);
  const runner = loadRunner(event.params.runner);

  const settlement = new ModelSettlement(batchId.concat(modelId));
  settlement.batch = batchId;
  settlement.model = modelId;
  settlement.runner = runner.id;
  settlement.amount = amount;
  settlement.governedPart = readUint(details, at, 12);
  settlement.stakersPart = readUint(details, at + 12, 12);
  settlement.modelPart = readUint(details, at + 24, 12);
  settlement.dataPart = readUint(details, at + 36, 12);
  settlement.runnerPart = readUint(details, at + 48, 12);
  settlement.timestamp = event.block.timestamp;
  settlement.transaction = event.transaction.hash;
  settlement.save();

  runner.settled = runner.settled.plus(amount);
  runner.runnerPart = runner.runnerPart.plus(settlement.runnerPart);
  runner.save();

  const model = Model.load(modelId);
  if (model != null) {
    model.settled = model.settled.plus(amount);
    model.modelPart = model.modelPart.plus(settlement.modelPart);
    model.dataPart = model.dataPart.plus(settlement.dataPart);
    model.save();
  }

  const point = new FeePoint(0);
  point.model = modelId;
  point.runner = runner.id;
  point.amount = amount;
  point.dataPart = settlement.dataPart;
  point.save();

  const protocol = loadProtocol();
  protocol.inChannels = protocol.inChannels.minus(amount);
  protocol.settled = protocol.settled.plus(amount);
  protocol.governedPart = protocol.governedPart.plus(settlement.governedPart);
  protocol.stakersPart = protocol.stakersPart.plus(settlement.stakersPart);
  protocol.modelPart = protocol.modelPart.plus(settlement.modelPart);
  protocol.dataPart = protocol.dataPart.plus(settlement.dataPart);
  protocol.runnerPart = protocol.runnerPart.plus(settlement.runnerPart);
  protocol.save();
}

export function handleBatchesPinned(event: BatchesPinned): void {
  const pin = new BatchPin(numberId(event.params.number));
  pin.number = event.params.number;
  pin.chain = event.params.chain;
  pin.timestamp = event.block.timestamp;
  pin.transaction = event.transaction.hash;
  pin.save();
}

export function handleDataCollected(event: DataCollected): void {
  const protocol = loadProtocol();
  protocol.dataCollected = event.params.collectedAfter;
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

export function handleUpstreamCollected(event: UpstreamCollected): void {
  const collection = newCollection(event, "upstream", event.params.amount);
  collection.model = numberId(event.params.model);
  collection.upstream = numberId(event.params.upstream);
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
  protocol.configCode = event.params.configCode.toI32();
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

export function handleSettlementPaused(event: SettlementPaused): void {
  const protocol = loadProtocol();
  protocol.settlementPausedUntil = event.params.until;
  protocol.save();
}

export function handleExitsPaused(event: ExitsPaused): void {
  const protocol = loadProtocol();
  protocol.exitsPausedUntil = event.params.until;
  protocol.save();
}
