/**
 * Walks from an account to the receipts that credit it, newest first:
 *
 *   settled batches that no posted epoch holds ─ file: receipts' root ─ shares ─▶ what is due
 *   epochs ─ proposal, finality: events ─ file: roots of credits and pay-outs ─▶ what is credited
 *                                                    └ batch ─ file: receipts' root ─ shares: the same amount
 *
 * Which epochs and batches there are, their ranges and states the chain says; the index only where to look, and what it hides,
 * repeats or says otherwise is a failed check. A root in its window may be false: the pay-outs under it are held against the
 * final ones of the epoch before, however few receipts are listed. That an epoch leaves no receipt out is not looked for: it
 * takes every batch of the epoch, and oracles prove it.
 */
import { isPoolAccount, query, readClaimed } from "@openledger/sdk";
import type { Address } from "viem";
import type { Connection } from "../connect.js";
import { CheckList } from "../trace/CheckList.js";
import { EarnedReceipts } from "./EarnedReceipts.js";
import type { Earnings } from "./Earnings.js";
import { PostedEpochs } from "./PostedEpochs.js";
import { MOST_EPOCHS, type PostedEarnings, readPosted } from "./readPosted.js";
import { type Progress, readProgress } from "./readProgress.js";
import { readWaiting } from "./readWaiting.js";

export type EarningsAsked = {
  readonly account: Address;
  /** Most receipts that are listed, at least 1. */
  readonly limit: number;
  /** Only epochs before this one; undefined for all, and what waits for an epoch. */
  readonly before: bigint | undefined;
  /** Credits of the newest of these epochs that are left out. */
  readonly skip: number;
};

/** @throws GraphQueryError without the index; every other fault is a failed check. */
export async function readEarnings(connection: Connection, asked: EarningsAsked): Promise<Earnings> {
  const { reader } = connection;
  const { account } = asked;
  const checks = new CheckList();
  const progress = await readProgress(connection, checks);
  const { final, ...listing } =
    progress === undefined ? NOTHING : await readListing(connection, checks, progress, asked);
  const paid = await checks.attempt("paid", account, () => readClaimed(reader, reader.deployment.dataStream, account));
  if (paid !== undefined && final !== undefined) {
    checks.holds("paid", account, paid <= final, `paid ${paid}, credited ${final} by final epochs`);
  }

  return {
    ok: checks.ok,
    account,
    kind: isPoolAccount(account) ? "pool" : "contributor",
    ...listing,
    paid: paid?.toString(),
    checks: checks.all,
  };
}

type Listing = PostedEarnings & Pick<Earnings, "unreadBatches">;

const NOTHING: Listing = {
  ...{ credited: undefined, unproven: undefined, final: undefined, ranges: [], unreadBatches: 0 },
  ...{ earlier: undefined, next: undefined },
};

async function readListing(
  connection: Connection,
  checks: CheckList,
  progress: Progress,
  { account, limit, before, skip }: EarningsAsked,
): Promise<Listing> {
  const receipts = new EarnedReceipts(connection, checks, account);
  const isWhole = before === undefined && skip === 0;
  const from = before === undefined || before > progress.posted ? progress.posted : before - 1n;
  // An open epoch has its row beside those of the posted ones.
  const rows = await query.epochsUpTo(connection.graph, isWhole ? progress.epochs : from, MOST_EPOCHS + 1);

  const waiting = isWhole
    ? await readWaiting(connection, checks, receipts, progress, rows, limit)
    : { ranges: [], unread: 0 };
  const left = limit - waiting.ranges.reduce((sum, range) => sum + range.receipts.length, 0);
  const epochs = new PostedEpochs(connection, checks, progress, rows);
  const posted = await readPosted(checks, receipts, epochs, {
    account,
    from,
    final: progress.final,
    limit: left,
    skip,
  });
  return { ...posted, ranges: [...waiting.ranges, ...posted.ranges], unreadBatches: waiting.unread };
}
