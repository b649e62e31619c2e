import { type Address, getAddress } from "viem";
import type { Credit, Payout, Share } from "../hash/types.js";
import { dueAmount, receiptDataFee } from "../units/dueAmount.js";
import type { EpochFile } from "../wire/epochFile.js";
import { compareCredits } from "./epochTrees.js";

/** A receipt that is to be credited, at its place in a batch. */
export type CreditedReceipt = {
  readonly batch: bigint;
  readonly receiptIndex: number;
  readonly cumulative: bigint;
  readonly fee: bigint;
  /** The model's data part, basis points of the fee. */
  readonly dataBps: number;
  readonly shares: readonly Share[];
};

export type EpochParts = {
  readonly epoch: bigint;
  readonly firstBatch: bigint;
  readonly lastBatch: bigint;
  readonly stream: bigint;
  /** In any order, each once. */
  readonly receipts: readonly CreditedReceipt[];
  /** Pay-outs of the newest final epoch; empty before the first. */
  readonly previous: readonly Payout[];
};

/**
 * The credit list and pay-out tree of an epoch. The same parts always give the same file.
 *
 * Credits of zero are not listed. Every account of the previous pay-outs stays, raised by what it earned.
 */
export function buildEpoch(parts: EpochParts): EpochFile {
  const credits = withRunning(parts.receipts.flatMap(earningsOf).sort(compareCredits));

  const cumulative = new Map<bigint, bigint>(
    parts.previous.map((payout) => [BigInt(payout.account), payout.cumulative]),
  );
  for (const credit of credits) {
    const account = BigInt(credit.contributor);
    cumulative.set(account, (cumulative.get(account) ?? 0n) + credit.amount);
  }
  const payouts = withRunningSum(cumulative);

  return {
    epoch: parts.epoch,
    firstBatch: parts.firstBatch,
    lastBatch: parts.lastBatch,
    stream: parts.stream,
    total: payouts[payouts.length - 1]?.runningSum ?? 0n,
    credits,
    payouts,
  };
}

type Earning = Omit<Credit, "running">;

function earningsOf(receipt: CreditedReceipt): Earning[] {
  const fee = receiptDataFee(receipt, receipt.dataBps);
  const place = { batch: receipt.batch, receiptIndex: receipt.receiptIndex };
  return receipt.shares
    .map(({ account }) => ({
      ...place,
      contributor: getAddress(account),
      amount: dueAmount(receipt.shares, account, fee),
    }))
    .filter((earning) => earning.amount > 0n);
}

function withRunning(earnings: readonly Earning[]): Credit[] {
  let contributor: Address | undefined;
  let running = 0n;
  return earnings.map((earning) => {
    running = earning.contributor === contributor ? running + earning.amount : earning.amount;
    contributor = earning.contributor;
    return { ...earning, running };
  });
}

function withRunningSum(cumulative: ReadonlyMap<bigint, bigint>): Payout[] {
  let runningSum = 0n;
  return [...cumulative]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([account, amount]) => {
      runningSum += amount;
      return { account: getAddress(`0x${account.toString(16).padStart(40, "0")}`), cumulative: amount, runningSum };
    });
}
