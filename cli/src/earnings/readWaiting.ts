import { query } from "@openledger/sdk";
import type { Connection } from "../connect.js";
import type { CheckList } from "../trace/CheckList.js";
import { checkCancelled, checkIndexed, wasProposed } from "./checkEpoch.js";
import type { DueReceipt, EarnedReceipts } from "./EarnedReceipts.js";
import type { EarnedReceipt, EarningRange } from "./Earnings.js";
import { indexedOnce } from "./indexedOnce.js";
import type { Progress } from "./readProgress.js";

/** Each is a file of up to 32 MiB, read one at a time. */
const MOST_BATCHES = 200;

/**
 * What settled batches that no posted epoch holds would give: which batches these are, and in which epoch, the chain says.
 *
 * @param epochs What the index says of epochs, the open one among them. @param limit Most receipts that are listed.
 */
export async function readWaiting(
  connection: Connection,
  checks: CheckList,
  receipts: EarnedReceipts,
  progress: Progress,
  epochs: readonly query.IndexedEpoch[],
  limit: number,
): Promise<{ readonly ranges: readonly EarningRange[]; readonly unread: number }> {
  const { graph } = connection;
  const { newest, batches } = progress;
  const open = progress.posted < progress.epochs ? newest : undefined;
  const cancelled = open === undefined ? undefined : await checkOpen(connection, checks, progress, epochs);
  const behind = open === undefined ? newest.lastBatch : open.firstBatch - 1n;
  const count = Number(batches - behind);
  const numbers = Array.from({ length: Math.min(count, MOST_BATCHES) }, (_, at) => batches - BigInt(at));
  // One more than there are: a batch that is given twice is seen.
  const rows = count === 0 ? [] : await query.receiptBatchesUpTo(graph, batches, numbers.length + 1);

  const isOpen = (number: bigint) => open !== undefined && number <= open.lastBatch;
  const ranges: EarningRange[] = [];
  let left = limit;
  for (const group of [numbers.filter((number) => !isOpen(number)), numbers.filter(isOpen)]) {
    const [last, first] = [group[0], group.at(-1)];
    if (last === undefined || first === undefined) continue;
    const shown: EarnedReceipt[] = [];
    let more = 0;
    for (const number of group) {
      const batch = indexedOnce(checks, "batch", rows, number);
      if (batch === undefined) continue;
      // A void batch credits nobody.
      if ((await receipts.voidedAt(number)) !== 0n) continue;
      const due = await receipts.of(batch);
      const fit = due.slice(0, left - shown.length);
      shown.push(...fit.map(earned));
      more += due.length - fit.length;
    }
    left -= shown.length;
    if (shown.length + more === 0) continue;
    const epoch = isOpen(last) ? open : undefined;
    ranges.push({
      stage: epoch === undefined ? "settled" : wasProposed(epoch) ? "cancelled" : "open",
      epoch: epoch === undefined ? undefined : `${progress.epochs}`,
      firstBatch: `${epoch?.firstBatch ?? first}`,
      lastBatch: `${epoch?.lastBatch ?? last}`,
      creditsRoot: undefined,
      finalizableAt: undefined,
      transactions: {
        proposed: undefined,
        finalized: undefined,
        cancelled: epoch === undefined ? undefined : cancelled,
      },
      receipts: shown,
      more,
    });
  }
  return { ranges, unread: count - numbers.length };
}

/** Holds what the index says of the open epoch against the chain. @returns The transaction that cancelled its newest roots. */
async function checkOpen(
  connection: Connection,
  checks: CheckList,
  progress: Progress,
  epochs: readonly query.IndexedEpoch[],
) {
  const row = indexedOnce(checks, "epoch", epochs, progress.epochs);
  if (row === undefined) return undefined;
  checkIndexed(checks, row, progress.newest);
  return checkCancelled(connection, checks, row, progress);
}

function earned({ due, ...receipt }: DueReceipt): EarnedReceipt {
  return { ...receipt, amount: `${due}` };
}
