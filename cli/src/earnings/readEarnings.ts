/**
 * Walks from an account to the receipts that credit it, newest first:
 *
 *   settled batches that no posted epoch holds ─ file: receipts' root ─ shares ─▶ what is due
 *   epochs ─ proposal, finality: events ─ file: roots of credits and pay-outs ─▶ what is credited
 *                                                    └ batch ─ file: receipts' root ─ shares: the same amount
 *
 * The chain is asked for what counts; the index only says where to look. A root in its window may be false: the pay-outs under
 * it are held against the final ones of the epoch before, however few receipts are listed. That an epoch leaves no receipt out
 * is not looked for: it takes every batch of the epoch, and oracles prove it.
 */
import { type Credit, isPoolAccount, query, readClaimed, readVoidedAt } from "@openledger/sdk";
import { type Address, isAddressEqual } from "viem";
import type { Connection } from "../connect.js";
import { CheckList } from "../trace/CheckList.js";
import { type CheckedEpoch, checkCancelled, checkEpoch } from "./checkEpoch.js";
import { type DueReceipt, EarnedReceipts, nameOf } from "./EarnedReceipts.js";
import type { EarnedReceipt, EarningRange, Earnings } from "./Earnings.js";

export type EarningsAsked = {
  readonly account: Address;
  /** Most receipts that are listed, at least 1. */
  readonly limit: number;
  /** Only epochs before this one; undefined for all, and what waits for an epoch. */
  readonly before: bigint | undefined;
  /** Credits of the newest of these epochs that are left out. */
  readonly skip: number;
};

/** Each is a file of up to 32 MiB, read one at a time. */
const MOST_EPOCHS = 50;
const MOST_BATCHES = 200;

/** @throws GraphQueryError without the index; every other fault is a failed check. */
export async function readEarnings(connection: Connection, asked: EarningsAsked): Promise<Earnings> {
  const { reader, graph } = connection;
  const { account, limit, before } = asked;
  const checks = new CheckList();
  const receipts = new EarnedReceipts(connection, checks, account);
  const epochs = (await query.epochs(graph)).reverse();

  const isWhole = before === undefined && asked.skip === 0;
  const waiting = isWhole ? await readWaiting(connection, checks, receipts, epochs, limit) : NOTHING_WAITS;
  const listed = waiting.ranges.reduce((sum, range) => sum + range.receipts.length, 0);
  const posted = epochs.filter(({ number, state }) => state !== "Open" && (before === undefined || number < before));
  const walk = { ...asked, limit: limit - listed };
  const credits = await readPosted(connection, checks, receipts, posted, walk);
  const paid = await checks.attempt("paid", account, () => readClaimed(reader, reader.deployment.dataStream, account));

  return {
    ok: checks.ok,
    account,
    kind: isPoolAccount(account) ? "pool" : "contributor",
    credited: credits.credited,
    paid: paid?.toString(),
    ranges: [...waiting.ranges, ...credits.ranges],
    unreadBatches: waiting.unread,
    earlier: credits.earlier,
    next: credits.next,
    checks: checks.all,
  };
}

const NOTHING_WAITS = { ranges: [], unread: 0 } as const;

/** What settled batches that no posted epoch holds would give. */
async function readWaiting(
  connection: Connection,
  checks: CheckList,
  receipts: EarnedReceipts,
  epochs: readonly query.IndexedEpoch[],
  limit: number,
): Promise<{ readonly ranges: readonly EarningRange[]; readonly unread: number }> {
  const { reader, graph } = connection;
  const newestPosted = epochs.find(({ state }) => state !== "Open");
  const batches = (await query.receiptBatches(graph, newestPosted?.lastBatch ?? 0n)).reverse();
  const open = epochs.find(({ state }) => state === "Open");
  if (open !== undefined) await checkCancelled(connection, checks, open);

  const isOpen = ({ number }: query.IndexedBatch) => open !== undefined && number <= open.lastBatch;
  const read = batches.slice(0, MOST_BATCHES);
  const ranges: EarningRange[] = [];
  let left = limit;
  for (const group of [read.filter((batch) => !isOpen(batch)), read.filter(isOpen)]) {
    const [last, first] = [group[0], group.at(-1)];
    if (last === undefined || first === undefined) continue;
    const shown: EarnedReceipt[] = [];
    let more = 0;
    for (const batch of group) {
      const voidedAt = await checks.attempt("voided", `batch ${batch.number}`, () =>
        readVoidedAt(reader, batch.number),
      );
      // A void batch credits nobody.
      if (voidedAt !== 0n) continue;
      const due = await receipts.of(batch);
      const fit = due.slice(0, left - shown.length);
      shown.push(...fit.map(earned));
      more += due.length - fit.length;
    }
    left -= shown.length;
    if (shown.length + more === 0) continue;
    const epoch = isOpen(last) ? open : undefined;
    ranges.push({
      stage: epoch === undefined ? "settled" : epoch.cancelled === null ? "open" : "cancelled",
      epoch: epoch?.number.toString(),
      firstBatch: `${epoch?.firstBatch ?? first.number}`,
      lastBatch: `${epoch?.lastBatch ?? last.number}`,
      creditsRoot: undefined,
      finalizableAt: undefined,
      transactions: { proposed: undefined, finalized: undefined, cancelled: epoch?.cancelled?.transaction },
      receipts: shown,
      more,
    });
  }
  return { ranges, unread: batches.length - read.length };
}

/** What posted epochs credit. @param epochs Newest first. */
async function readPosted(
  connection: Connection,
  checks: CheckList,
  receipts: EarnedReceipts,
  epochs: readonly query.IndexedEpoch[],
  { account, limit, skip }: EarningsAsked,
): Promise<Pick<Earnings, "credited" | "ranges" | "earlier" | "next">> {
  const ranges: EarningRange[] = [];
  let credited: Earnings["credited"];
  let next: Earnings["next"];
  /** What the account was credited before an epoch that was read. */
  let older: { readonly epoch: bigint; readonly amount: bigint } | undefined;
  let left = limit;
  let skipped = skip;
  /** Of the epoch before one in its window, which is read with it. */
  let ahead: { readonly epoch: bigint; readonly lists: CheckedEpoch | undefined } | undefined;

  for (const [read, epoch] of epochs.entries()) {
    if (older?.amount === 0n) break;
    next = { before: `${epoch.number + 1n}`, skip: 0 };
    if (left === 0 || read === MOST_EPOCHS) break;
    next = undefined;
    const isAhead = ahead?.epoch === epoch.number;
    const checked: CheckedEpoch | undefined = isAhead ? ahead?.lists : await checkEpoch(connection, checks, epoch);
    if (checked === undefined) continue;
    const { cumulative, credits } = creditsOf(checks, epoch.number, checked, account);
    if (older?.epoch === epoch.number + 1n && !isAhead) {
      checks.equal("payout", `epoch ${epoch.number}`, older.amount, cumulative);
    }
    credited ??= { epoch: `${epoch.number}`, amount: `${cumulative}` };
    older = { epoch: epoch.number, amount: cumulative - credits.reduce((sum, { amount }) => sum + amount, 0n) };
    const previous = epochs[read + 1];
    if (epoch.number === 1n) {
      if (older.amount !== 0n) checks.holds("payout", "epoch 1", false, `${older.amount} more than its credits`);
    } else if (epoch.state !== "Final" && previous !== undefined) {
      // Before the bounds, and what this epoch says was earned before it, end the walk.
      ahead = { epoch: previous.number, lists: await checkEpoch(connection, checks, previous) };
      if (ahead.lists !== undefined) {
        checks.equal("payout", `epoch ${previous.number}`, older.amount, payoutOf(ahead.lists, account));
      }
    }

    const from = Math.min(skipped, credits.length);
    const shown = credits.slice(from, from + left);
    const more = credits.length - from - shown.length;
    skipped -= from;
    left -= shown.length;
    if (shown.length + more === 0) continue;
    ranges.push({
      stage: epoch.state === "Final" ? "final" : "window",
      epoch: `${epoch.number}`,
      firstBatch: `${epoch.firstBatch}`,
      lastBatch: `${epoch.lastBatch}`,
      creditsRoot: checked.creditsRoot,
      finalizableAt: checked.finalizableAt?.toString(),
      transactions: {
        proposed: epoch.proposedIn ?? undefined,
        finalized: epoch.finalizedIn ?? undefined,
        cancelled: undefined,
      },
      receipts: await namedReceipts(checks, receipts, shown),
      more,
    });
    if (more === 0) continue;
    next = { before: `${epoch.number + 1n}`, skip: from + shown.length };
    break;
  }
  const earlier = older && older.amount > 0n ? { beforeEpoch: `${older.epoch}`, amount: `${older.amount}` } : undefined;
  return { credited, ranges, earlier, next };
}

/** An account's credits in an epoch, the last first, and all it was credited up to and with it. */
function creditsOf(
  checks: CheckList,
  epoch: bigint,
  { file }: CheckedEpoch,
  account: Address,
): { readonly cumulative: bigint; readonly credits: readonly Credit[] } {
  const credits = file.credits.filter(({ contributor }) => isAddressEqual(contributor, account)).reverse();
  const cumulative = payoutOf({ file }, account);
  const sum = credits.reduce((total, { amount }) => total + amount, 0n);
  const [last] = credits;
  if (last !== undefined) checks.equal("credits_sum", `epoch ${epoch}`, sum, last.running);
  const covers = cumulative >= sum;
  if (!covers) checks.holds("payout", `epoch ${epoch}`, false, `${cumulative} in all, ${sum} in this epoch alone`);
  return { cumulative: covers ? cumulative : sum, credits };
}

/** All that an account was credited up to and with an epoch, base units. */
function payoutOf({ file }: Pick<CheckedEpoch, "file">, account: Address): bigint {
  return file.payouts.find((payout) => isAddressEqual(payout.account, account))?.cumulative ?? 0n;
}

/** Credits with the receipts that they are for; each amount is what the receipt's shares give. */
async function namedReceipts(
  checks: CheckList,
  receipts: EarnedReceipts,
  credits: readonly Credit[],
): Promise<readonly EarnedReceipt[]> {
  const named: EarnedReceipt[] = [];
  for (const { batch, receiptIndex, amount } of credits) {
    const receipt = await receipts.at(batch, receiptIndex);
    if (receipt !== undefined) checks.equal("credit", nameOf(batch, receiptIndex), receipt.due, amount);
    const unknown = { receiptHash: undefined, model: undefined, share: undefined };
    const { due: _, ...known } = receipt ?? { ...unknown, due: 0n };
    named.push({ ...known, batch: `${batch}`, receiptIndex, amount: `${amount}` });
  }
  return named;
}

function earned({ due, ...receipt }: DueReceipt): EarnedReceipt {
  return { ...receipt, amount: `${due}` };
}
