import { BigInt, Bytes, ethereum } from "@graphprotocol/graph-ts";
import {
  BatchVoided,
  CaseCleared,
  CaseOpened,
  CaseStruck,
  DemandAnswered,
  DepositReturned,
  EquivocationProven,
  PayerRefunded,
  ReceiptDemanded,
  ReceiptsShown,
  TermsSet,
} from "../../generated/ReceiptCourt/ReceiptCourt";
import { BatchVoid, PayerRefund, ReceiptCase, ReceiptDemand, RunnerEquivocation } from "../../generated/schema";
import { loadCourtTerms } from "../entities/courtTerms";
import { eventId, numberId, versionId } from "../entities/ids";

const FAULTS = ["None", "BrokenChain", "FalseEdge", "Unsettled", "Uncovered", "FalseFee", "Omitted", "Silence"];
const REVEALED = 2;
/** In place of an index: all receipts of a batch. */
const WHOLE_BATCH = BigInt.fromU32(u32.MAX_VALUE);

export function handleReceiptDemanded(event: ReceiptDemanded): void {
  const demand = new ReceiptDemand(receiptId(event.params.batch, event.params.index));
  demand.batch = numberId(event.params.batch);
  demand.index = event.params.index;
  demand.runner = event.params.runner;
  demand.demander = event.params.demander;
  demand.deposit = event.params.deposit;
  demand.earned = BigInt.zero();
  demand.shown = BigInt.zero();
  demand.state = "Open";
  demand.deadline = event.params.deadline;
  demand.demandedAt = event.block.timestamp;
  demand.transaction = event.transaction.hash;
  demand.save();
}

export function handleDemandAnswered(event: DemandAnswered): void {
  const demand = ReceiptDemand.load(receiptId(event.params.batch, event.params.index))!;
  demand.answerer = event.params.answerer;
  if (event.params.index != WHOLE_BATCH) demand.earned = event.params.deposit;
  closeDemand(event, demand, event.params.state == REVEALED ? "Revealed" : "Absent");
}

/** Comes before the answer that the last of them is. */
export function handleReceiptsShown(event: ReceiptsShown): void {
  const demand = ReceiptDemand.load(receiptId(event.params.batch, WHOLE_BATCH))!;
  demand.answerer = event.params.answerer;
  demand.earned = demand.earned.plus(event.params.paid);
  demand.shown = event.params.shown;
  demand.save();
}

export function handleDepositReturned(event: DepositReturned): void {
  const demand = ReceiptDemand.load(receiptId(event.params.batch, event.params.index))!;
  closeDemand(event, demand, "Returned");
}

export function handleBatchVoided(event: BatchVoided): void {
  const batchVoid = new BatchVoid(numberId(event.params.batch));
  batchVoid.batch = numberId(event.params.batch);
  batchVoid.runner = event.params.runner;
  batchVoid.fault = FAULTS[event.params.fault];
  batchVoid.bountyTo = event.params.bountyTo;
  batchVoid.taken = event.params.taken;
  batchVoid.bounty = event.params.bounty;
  batchVoid.refund = event.params.refund;
  batchVoid.refunded = BigInt.zero();
  batchVoid.entriesPaid = 0;
  batchVoid.voidedAt = event.block.timestamp;
  batchVoid.transaction = event.transaction.hash;
  batchVoid.save();
}

export function handlePayerRefunded(event: PayerRefunded): void {
  const batchVoid = BatchVoid.load(numberId(event.params.batch))!;
  batchVoid.refunded = event.params.paidAfter;
  batchVoid.entriesPaid = event.params.entriesPaidAfter.toI32();
  batchVoid.save();

  const refund = new PayerRefund(eventId(event.transaction.hash, event.logIndex));
  refund.batchVoid = batchVoid.id;
  refund.channel = event.params.channel;
  refund.model = event.params.model;
  refund.payer = event.params.payer;
  refund.amount = event.params.amount;
  refund.timestamp = event.block.timestamp;
  refund.transaction = event.transaction.hash;
  refund.save();
}

export function handleEquivocationProven(event: EquivocationProven): void {
  const equivocation = new RunnerEquivocation(eventId(event.transaction.hash, event.logIndex));
  equivocation.channel = event.params.channel;
  equivocation.model = event.params.model;
  equivocation.nonce = event.params.nonce;
  equivocation.runner = event.params.runner;
  equivocation.prover = event.params.bountyTo;
  equivocation.taken = event.params.taken;
  equivocation.bounty = event.params.bounty;
  equivocation.timestamp = event.block.timestamp;
  equivocation.transaction = event.transaction.hash;
  equivocation.save();
}

export function handleCaseOpened(event: CaseOpened): void {
  const receiptCase = new ReceiptCase(caseId(event.params.batch, event.params.index, event.params.number));
  receiptCase.batch = numberId(event.params.batch);
  receiptCase.index = event.params.index;
  receiptCase.number = event.params.number.toI32();
  receiptCase.runner = event.params.runner;
  receiptCase.payer = event.params.payer;
  receiptCase.fee = event.params.fee;
  receiptCase.locked = event.params.locked;
  receiptCase.state = "Open";
  receiptCase.openedAt = event.block.timestamp;
  receiptCase.taken = BigInt.zero();
  receiptCase.bounty = BigInt.zero();
  receiptCase.refund = BigInt.zero();
  receiptCase.transaction = event.transaction.hash;
  receiptCase.save();
}

export function handleCaseCleared(event: CaseCleared): void {
  const receiptCase = ReceiptCase.load(caseId(event.params.batch, event.params.index, event.params.number))!;
  receiptCase.state = "Cleared";
  receiptCase.closedAt = event.block.timestamp;
  receiptCase.save();
}

export function handleCaseStruck(event: CaseStruck): void {
  const receiptCase = ReceiptCase.load(caseId(event.params.batch, event.params.index, event.params.number))!;
  receiptCase.state = "Struck";
  receiptCase.closedAt = event.block.timestamp;
  receiptCase.taken = event.params.taken;
  receiptCase.bounty = event.params.bounty;
  receiptCase.refund = event.params.refund;
  receiptCase.save();
}

export function handleTermsSet(event: TermsSet): void {
  const terms = loadCourtTerms();
  terms.demandDeposit = event.params.terms.demandDeposit;
  terms.minimumSlash = event.params.terms.minimumSlash;
  terms.bountyBps = event.params.terms.bountyBps;
  terms.save();
}

function closeDemand(event: ethereum.Event, demand: ReceiptDemand, state: string): void {
  demand.state = state;
  demand.closedAt = event.block.timestamp;
  demand.closingTransaction = event.transaction.hash;
  demand.save();
}

function receiptId(batch: BigInt, index: BigInt): Bytes {
  return numberId(batch).concat(versionId(index));
}

function caseId(batch: BigInt, index: BigInt, number: BigInt): Bytes {
  return receiptId(batch, index).concat(versionId(number));
}
