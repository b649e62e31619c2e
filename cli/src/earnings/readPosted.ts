import type { Credit } from "@openledger/sdk";
import { type Address, isAddressEqual } from "viem";
import type { CheckList } from "../trace/CheckList.js";
import { type EarnedReceipts, nameOf } from "./EarnedReceipts.js";
import type { EarnedReceipt, EarningRange, Earnings } from "./Earnings.js";
import type { PostedEpoch, PostedEpochs } from "./PostedEpochs.js";
import { EPOCH_STATES } from "./readProgress.js";

/** Each is a file of up to 32 MiB, read one at a time. */
export const MOST_EPOCHS = 50;

export type PostedAsked = {
  readonly account: Address;
  /** Number of the newest epoch that is read; 0 for none. */
  readonly from: bigint;
  /** Number of the newest final epoch; 0 before the first. */
  readonly final: bigint;
  /** Most receipts that are listed. */
  readonly limit: number;
  /** Credits of the newest epochs that are left out. */
  readonly skip: number;
};

export type PostedEarnings = Pick<Earnings, "credited" | "unproven" | "ranges" | "earlier" | "next"> & {
  /** All credits up to and with the newest final epoch, base units; undefined where that was not read. */
  readonly final: bigint | undefined;
};

/** What posted epochs credit, number by number downwards. */
export async function readPosted(
  checks: CheckList,
  receipts: EarnedReceipts,
  epochs: PostedEpochs,
  asked: PostedAsked,
): Promise<PostedEarnings> {
  const { account, from } = asked;
  const ranges: EarningRange[] = [];
  const places = new Map<string, bigint>();
  let credited: Earnings["credited"];
  let unproven: Earnings["unproven"];
  let final: bigint | undefined;
  let next: Earnings["next"];
  /** What the account was credited before an epoch that was read; `held` where that was compared with the one before. */
  let older: { readonly epoch: bigint; readonly amount: bigint; readonly held: boolean } | undefined;
  let left = asked.limit;
  let skipped = asked.skip;

  for (let number = from; number > 0n; number--) {
    if (older?.amount === 0n) break;
    next = { before: `${number + 1n}`, skip: skipped };
    if (left === 0 || from - number === BigInt(MOST_EPOCHS)) break;
    next = undefined;
    const epoch = await epochs.at(number);
    if (epoch === undefined) continue;
    const { cumulative, credits } = creditsOf(checks, epoch, account);
    checkPlaces(checks, epoch, credits, places);
    if (older?.epoch === number + 1n && !older.held) {
      checks.equal("payout", `epoch ${number}`, older.amount, cumulative);
    }
    credited ??= { epoch: `${number}`, amount: `${cumulative}` };
    const isFinal = EPOCH_STATES[epoch.onChain.state] === "Final";
    if (number === asked.final) final = cumulative;
    const amount = cumulative - credits.reduce((sum, credit) => sum + credit.amount, 0n);
    if (number === 1n) {
      if (amount !== 0n) checks.holds("payout", "epoch 1", false, `${amount} more than its credits`);
    } else if (!isFinal) {
      // Before the bounds, and what this epoch says was earned before it, end the walk.
      const before = await epochs.at(number - 1n);
      if (before !== undefined) {
        final = payoutOf(before, account);
        checks.equal("payout", `epoch ${number - 1n}`, amount, final);
      }
    }
    if (!isFinal) unproven = `${number}`;
    older = { epoch: number, amount, held: !isFinal };

    const at = Math.min(skipped, credits.length);
    const shown = credits.slice(at, at + left);
    const more = credits.length - at - shown.length;
    skipped -= at;
    left -= shown.length;
    if (shown.length + more === 0) continue;
    const { onChain, transactions } = epoch;
    ranges.push({
      stage: isFinal ? "final" : "window",
      epoch: `${number}`,
      firstBatch: `${onChain.firstBatch}`,
      lastBatch: `${onChain.lastBatch}`,
      creditsRoot: epoch.creditsRoot,
      finalizableAt: isFinal ? undefined : `${onChain.finalizableAt}`,
      transactions: { ...transactions, cancelled: undefined },
      receipts: await namedReceipts(checks, receipts, epoch, shown),
      more,
    });
    if (more === 0) continue;
    next = { before: `${number + 1n}`, skip: at + shown.length };
    break;
  }
  const earlier = older && older.amount > 0n ? { beforeEpoch: `${older.epoch}`, amount: `${older.amount}` } : undefined;
  return { credited, unproven, final, ranges, earlier, next };
}

/** An account's credits in an epoch, the last first, and all it was credited up to and with it. */
function creditsOf(
  checks: CheckList,
  epoch: PostedEpoch,
  account: Address,
): { readonly cumulative: bigint; readonly credits: readonly Credit[] } {
  const subject = `epoch ${epoch.number}`;
  const credits = epoch.file.credits.filter(({ contributor }) => isAddressEqual(contributor, account)).reverse();
  const cumulative = payoutOf(epoch, account);
  const sum = credits.reduce((total, { amount }) => total + amount, 0n);
  const leaves = epoch.file.payouts.filter((payout) => isAddressEqual(payout.account, account)).length;
  if (leaves > 1) checks.holds("payout_once", subject, false, `${leaves} pay-outs of the account`);
  const [last] = credits;
  if (last !== undefined) checks.equal("credits_sum", subject, sum, last.running);
  const covers = cumulative >= sum;
  if (!covers) checks.holds("payout", subject, false, `${cumulative} in all, ${sum} in this epoch alone`);
  return { cumulative: covers ? cumulative : sum, credits };
}

/**
 * Whether each receipt is credited once, and none that was settled after the epoch.
 *
 * @param places Of the credits of later epochs that were read, their epochs; those of this one are added.
 */
function checkPlaces(
  checks: CheckList,
  { number, onChain }: PostedEpoch,
  credits: readonly Credit[],
  places: Map<string, bigint>,
): void {
  for (const { batch, receiptIndex } of credits) {
    const name = nameOf(batch, receiptIndex);
    const other = places.get(name);
    if (other !== undefined) checks.holds("credit_once", name, false, `credited in epoch ${number} and in ${other}`);
    if (batch > onChain.lastBatch) checks.holds("credit_batch", name, false, `credited in epoch ${number}, before it`);
    places.set(name, number);
  }
}

/** All that an account was credited up to and with an epoch, base units. */
function payoutOf({ file }: PostedEpoch, account: Address): bigint {
  return file.payouts.find((payout) => isAddressEqual(payout.account, account))?.cumulative ?? 0n;
}

/** Credits with the receipts that they are for: none of a batch that was void as of the epoch, each amount what its shares give. */
async function namedReceipts(
  checks: CheckList,
  receipts: EarnedReceipts,
  { number, onChain }: PostedEpoch,
  credits: readonly Credit[],
): Promise<readonly EarnedReceipt[]> {
  const named: EarnedReceipt[] = [];
  for (const { batch, receiptIndex, amount } of credits) {
    const voidedAt = await receipts.voidedAt(batch);
    if (voidedAt !== undefined && voidedAt !== 0n && voidedAt <= onChain.asOf) {
      const detail = `batch ${batch} was void as of epoch ${number}`;
      checks.holds("credit_void", nameOf(batch, receiptIndex), false, detail);
    }
    const receipt = await receipts.at(batch, receiptIndex);
    if (receipt !== undefined) checks.equal("credit", nameOf(batch, receiptIndex), receipt.due, amount);
    const unknown = { receiptHash: undefined, model: undefined, share: undefined };
    const { due: _, ...known } = receipt ?? { ...unknown, due: 0n };
    named.push({ ...known, batch: `${batch}`, receiptIndex, amount: `${amount}` });
  }
  return named;
}
