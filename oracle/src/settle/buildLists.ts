import { buildEpoch, type CreditedReceipt, type EpochFile } from "@openledger/sdk";
import { OracleError } from "../OracleError.js";
import type { BatchLedger } from "../store/BatchLedger.js";
import type { ChainFacts, OpenedEpoch } from "../store/ChainFacts.js";
import type { EpochFiles } from "./EpochFiles.js";

export interface ListSources {
  readonly facts: ChainFacts;
  readonly batches: BatchLedger;
  readonly files: EpochFiles;
  readonly stream: bigint;
}

/**
 * The credit list and pay-outs of an epoch, of the receipts that this oracle credits, on top of the newest final ones.
 * The same verdicts always give the same lists.
 *
 * @throws OracleError `chain_inconsistent` when the lists would pay more than the epoch holds; those of `EpochFiles`
 */
export async function buildLists(sources: ListSources, epoch: OpenedEpoch, signal: AbortSignal): Promise<EpochFile> {
  const previous = await sources.files.previousPayouts(epoch.epoch, signal);
  const receipts = await creditedReceipts(sources, epoch.firstBatch, epoch.lastBatch);
  const lists = buildEpoch({
    epoch: epoch.epoch,
    firstBatch: epoch.firstBatch,
    lastBatch: epoch.lastBatch,
    stream: sources.stream,
    receipts,
    previous,
  });
  const before = previous[previous.length - 1]?.runningSum ?? 0n;
  if (lists.total - before > epoch.dataAmount) {
    throw new OracleError(
      "chain_inconsistent",
      `Epoch ${epoch.epoch} holds ${epoch.dataAmount}, its receipts would earn ${lists.total - before}. ` +
        "Nothing is proposed; the receipts' batches need a person's look.",
      { retryable: false },
    );
  }
  return lists;
}

/** Receipts of a range of batches that this oracle credits, with their models' data parts. */
export async function creditedReceipts(
  { facts, batches }: Pick<ListSources, "facts" | "batches">,
  first: bigint,
  last: bigint,
): Promise<readonly CreditedReceipt[]> {
  const dataBps = new Map((await facts.models()).map((model) => [model.model, model.dataBps]));
  const judged = await batches.credited(first, last);
  return judged.map((receipt) => ({ ...receipt, dataBps: dataBps.get(receipt.model) ?? 0 }));
}
