/** Openings and look-ups in the lists of an epoch, as its proofs show them. */
import { type Address, zeroAddress } from "viem";
import type { BatchOpening } from "../hash/batch.js";
import type { Credit, Payout } from "../hash/types.js";
import type { MerkleTree } from "../merkle/MerkleTree.js";
import { dueAmount, receiptDataFee } from "../units/dueAmount.js";
import type {
  AttributionOpening,
  CreditOpening,
  Lookup,
  PayoutOpening,
  ReceiptEvidence,
  ReceiptOpening,
} from "./EpochFault.js";
import { compareCredits } from "./epochTrees.js";

/** What is known of a receipt and bears on its credits. */
export type KnownReceipt = {
  readonly receipt: ReceiptOpening["receipt"];
  readonly attribution: AttributionOpening;
  /** The model's data part when the batch was settled, basis points; undefined when there was no such model. */
  readonly dataBps: number | undefined;
};

/** The receipts under one batch's root. */
export type BatchReceipts = {
  readonly receiptCount: number;
  readonly tree: MerkleTree;
  /** Undefined when the receipt's `attributionHash` was not opened: its credits cannot be judged. */
  readonly receipt: (index: number) => KnownReceipt | undefined;
};

export function dueOf({ receipt, attribution, dataBps }: KnownReceipt, account: Address): bigint {
  return dueAmount(attribution.shares, account, receiptDataFee(receipt, dataBps));
}

export function evidenceOf(
  opening: BatchOpening,
  batch: BatchReceipts,
  receiptIndex: number,
  { receipt, attribution }: KnownReceipt,
): ReceiptEvidence {
  const { count, siblings } = batch.tree.proof(receiptIndex);
  return { batch: opening, receipt: { receipt, count, siblings }, attribution };
}

export type CreditPlace = Pick<Credit, "contributor" | "batch" | "receiptIndex">;

export function keyOf({ contributor, batch, receiptIndex }: CreditPlace): string {
  return `${contributor.toLowerCase()}/${batch}/${receiptIndex}`;
}

export function lookUpPayout(tree: MerkleTree, payouts: readonly Payout[], account: Address): Lookup<PayoutOpening> {
  const open = (at: number) => openPayout(tree, payouts, at);
  const place = payouts.findIndex((payout) => BigInt(payout.account) >= BigInt(account));
  const found = payouts[place];
  if (found !== undefined && isSame(found.account, account)) {
    return { present: true, hasLeft: true, hasRight: false, left: open(place), right: EMPTY_PAYOUT };
  }
  return straddle(payouts.length, place, open, EMPTY_PAYOUT);
}

export function lookUpCredit(tree: MerkleTree, credits: readonly Credit[], account: Address): Lookup<CreditOpening> {
  const open = (at: number) => openCredit(tree, credits, at);
  const next = credits.findIndex((credit) => BigInt(credit.contributor) > BigInt(account));
  const around = straddle(credits.length, next, open, EMPTY_CREDIT);
  return { ...around, present: around.hasLeft && isSame(around.left.credit.contributor, account) };
}

/** The credits that straddle a place where none stands. */
export function lookUpPlace(tree: MerkleTree, credits: readonly Credit[], place: CreditPlace): Lookup<CreditOpening> {
  const next = credits.findIndex((credit) => compareCredits(credit, place) > 0);
  return straddle(credits.length, next, (at) => openCredit(tree, credits, at), EMPTY_CREDIT);
}

/** @param next Place of the first leaf behind the account's, -1 when there is none. */
function straddle<Opening>(
  count: number,
  next: number,
  open: (at: number) => Opening,
  empty: Opening,
): Lookup<Opening> {
  const right = next < 0 ? count : next;
  const hasLeft = right > 0;
  const hasRight = right < count;
  return {
    present: false,
    hasLeft,
    hasRight,
    left: hasLeft ? open(right - 1) : empty,
    right: hasRight ? open(right) : empty,
  };
}

const NOWHERE = { index: 0n, count: 0n, siblings: [] } as const;
export const EMPTY_PAYOUT: PayoutOpening = {
  payout: { account: zeroAddress, cumulative: 0n, runningSum: 0n },
  ...NOWHERE,
};
export const EMPTY_CREDIT: CreditOpening = {
  credit: { contributor: zeroAddress, batch: 0n, receiptIndex: 0, amount: 0n, running: 0n },
  ...NOWHERE,
};

export function openCredit(tree: MerkleTree, credits: readonly Credit[], at: number): CreditOpening {
  return { credit: credits[at]!, ...tree.proof(at) };
}

export function openPayout(tree: MerkleTree, payouts: readonly Payout[], at: number): PayoutOpening {
  return { payout: payouts[at]!, ...tree.proof(at) };
}

export function isSame(a: Address, b: Address): boolean {
  return a.toLowerCase() === b.toLowerCase();
}
