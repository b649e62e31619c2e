/**
 * Finds what is false in a settled batch and builds the one proof that voids it.
 *
 * The receipts must be the ones under the batch's root, the settlements the ones under its hash: a proof opens just these.
 * Order is looked at first, for a gap shows that something is missing only between receipts in order.
 */
import { type Hex, keccak256 } from "viem";
import { InvalidValueError } from "../errors/InvalidValueError.js";
import type { BatchOpening, ChannelSettlement } from "../hash/batch.js";
import { type MarketDomain, receiptHash } from "../hash/typedData.js";
import type { Receipt } from "../hash/types.js";
import { MAX_AMOUNT, type Price } from "../units/fee.js";
import { compareReceipts } from "../wire/batchFile.js";
import { packSettlementList } from "../wire/settlementList.js";
import type { BatchFault, SignedReceipt } from "./BatchFault.js";
import { compareToPlace, type PlacedReceipts, placeReceipts } from "./placedReceipts.js";

export type JudgedBatch = {
  readonly market: MarketDomain;
  readonly opening: BatchOpening;
  /** In the order of the batch's tree. */
  readonly receipts: readonly Receipt[];
  /** In the order of the batch's `settlementsHash`. */
  readonly settlements: readonly ChannelSettlement[];
  /** A model's price; undefined when there is no such model. */
  readonly priceOf: (model: bigint) => Price | undefined;
  /** Receipts that somebody holds, signed by the batch's runner: those of them that it settled must be in it. */
  readonly held: readonly SignedReceipt[];
};

/**
 * The first fault that a proof can show; undefined when there is none.
 *
 * @throws InvalidValueError when receipts or settlements are not the batch's.
 */
export function findBatchFault(batch: JudgedBatch): BatchFault | undefined {
  const settlements = packSettlementList(batch.settlements);
  const { receiptsRoot, settlementsHash } = batch.opening.batch;
  if (keccak256(settlements) !== settlementsHash) {
    throw new InvalidValueError("settlements", `the list under ${settlementsHash}`, keccak256(settlements));
  }
  const placed = placeReceipts(batch.market, batch.receipts, receiptsRoot);
  return (
    chainFault(batch, placed) ??
    feeFault(batch, placed) ??
    edgeFault(batch, placed, settlements) ??
    unsettledFault(batch, placed, settlements) ??
    uncoveredFault(batch, placed, settlements) ??
    omissionFault(batch, placed, settlements)
  );
}

function chainFault({ opening, receipts }: JudgedBatch, { open }: PlacedReceipts): BatchFault | undefined {
  for (let right = 1; right < receipts.length; right++) {
    const [left, next] = [receipts[right - 1]!, receipts[right]!];
    const ordered = compareReceipts(left, next) < 0;
    if (ordered && (!isSamePair(left, next) || next.cumulative - next.fee === left.cumulative)) continue;
    return {
      kind: "broken_chain",
      fault: ordered
        ? `receipt ${right} starts at ${next.cumulative - next.fee}, the one before it ends at ${left.cumulative}`
        : `receipts ${right - 1} and ${right} are out of order`,
      proof: { name: "proveNeighbours", args: [opening, open(right - 1), open(right)] },
    };
  }
  return undefined;
}

function feeFault({ opening, receipts, priceOf }: JudgedBatch, { open }: PlacedReceipts): BatchFault | undefined {
  for (const [index, receipt] of receipts.entries()) {
    const price = priceOf(receipt.model);
    const due = price === undefined ? undefined : priceOfAnswer(price, receipt);
    if (due === receipt.fee) continue;
    return {
      kind: "false_fee",
      fault:
        due === undefined
          ? `receipt ${index} is of model ${receipt.model}, which does not exist`
          : `receipt ${index} costs ${receipt.fee} instead of ${due}`,
      proof: { name: "proveFee", args: [opening, open(index)] },
    };
  }
  return undefined;
}

function edgeFault(batch: JudgedBatch, { open }: PlacedReceipts, settlements: Hex): BatchFault | undefined {
  const { opening, receipts } = batch;
  for (const [index, receipt] of receipts.entries()) {
    const entry = entryOf(batch, receipt);
    if (entry === undefined) continue;
    const [left, right] = [receipts[index - 1], receipts[index + 1]];
    const isFirst = left === undefined || !isSamePair(left, receipt);
    const isLast = right === undefined || !isSamePair(right, receipt);
    const start = receipt.cumulative - receipt.fee;
    const startsElsewhere = isFirst && start !== entry.before;
    const endsElsewhere = isLast && receipt.cumulative !== entry.after;
    if (!startsElsewhere && !endsElsewhere) continue;
    const fault = startsElsewhere
      ? `receipt ${index} starts at ${start}, ${entry.before} was claimed before`
      : `receipt ${index} ends at ${receipt.cumulative}, ${entry.after} was claimed`;
    const neighbour = startsElsewhere ? left : right;
    if (neighbour === undefined) {
      return { kind: "false_edge", fault, proof: { name: "proveEdge", args: [opening, settlements, open(index)] } };
    }
    const first = startsElsewhere ? index - 1 : index;
    return {
      kind: "false_edge",
      fault,
      proof: { name: "proveBoundary", args: [opening, settlements, open(first), open(first + 1)] },
    };
  }
  return undefined;
}

function unsettledFault(batch: JudgedBatch, { open }: PlacedReceipts, settlements: Hex): BatchFault | undefined {
  const index = batch.receipts.findIndex((receipt) => receipt.fee > 0n && entryOf(batch, receipt) === undefined);
  if (index < 0) return undefined;
  return {
    kind: "unsettled",
    fault: `receipt ${index} is of a channel and model of which nothing was settled`,
    proof: { name: "proveUnsettled", args: [batch.opening, settlements, open(index)] },
  };
}

function uncoveredFault(batch: JudgedBatch, placed: PlacedReceipts, settlements: Hex): BatchFault | undefined {
  for (const { channel, model, before, after } of batch.settlements) {
    const place = { channel, model, nonce: undefined };
    if (batch.receipts.some((receipt) => compareToPlace(receipt, place) === 0)) continue;
    return {
      kind: "uncovered",
      fault: `${after - before} of channel ${channel}, model ${model} was settled without a receipt`,
      proof: { name: "proveUncovered", args: [batch.opening, settlements, channel, model, placed.around(place)] },
    };
  }
  return undefined;
}

function omissionFault(batch: JudgedBatch, placed: PlacedReceipts, settlements: Hex): BatchFault | undefined {
  for (const { receipt, signature } of batch.held) {
    const entry = entryOf(batch, receipt);
    const isCovered =
      entry !== undefined && receipt.fee > 0n && receipt.cumulative > entry.before && receipt.cumulative <= entry.after;
    if (!isCovered) continue;
    const index = batch.receipts.findIndex((found) => compareReceipts(found, receipt) === 0);
    const hash = receiptHash(batch.market, receipt);
    if (index >= 0 && receiptHash(batch.market, batch.receipts[index]!) === hash) continue;
    const around = index >= 0 ? [placed.open(index)] : placed.around(receipt);
    return {
      kind: "omitted",
      fault: `receipt ${hash} was signed and settled, and ${index >= 0 ? "another stands at its nonce" : "is not there"}`,
      proof: { name: "proveOmitted", args: [batch.opening, settlements, receipt, signature, around] },
    };
  }
  return undefined;
}

function entryOf({ settlements }: JudgedBatch, receipt: Receipt): ChannelSettlement | undefined {
  return settlements.find((entry) => isSamePair(entry, receipt));
}

function isSamePair(a: Pick<Receipt, "channel" | "model">, b: Pick<Receipt, "channel" | "model">): boolean {
  return a.model === b.model && a.channel.toLowerCase() === b.channel.toLowerCase();
}

/** As the verifier reckons it: in 256 bits, so that a price above any fee is no fee. */
function priceOfAnswer(price: Price, receipt: Receipt): bigint {
  const due =
    price.perRequest +
    BigInt(receipt.promptTokens) * price.perPromptToken +
    BigInt(receipt.outputTokens) * price.perOutputToken;
  return due > MAX_AMOUNT ? MAX_AMOUNT + 1n : due;
}
