import { buildEpoch, type CreditedReceipt, type EpochFile } from "@openledger/sdk";
import type { ProtocolReader } from "../chain/ProtocolReader.js";
import { OracleError } from "../OracleError.js";
import type { BatchLedger } from "../store/BatchLedger.js";
import type { ChainFacts, OpenedEpoch } from "../store/ChainFacts.js";
import type { EpochFiles } from "./EpochFiles.js";
import { membersOf } from "./EpochMembership.js";

export interface ListSources {
  readonly facts: ChainFacts;
  readonly batches: BatchLedger;
  readonly chain: ProtocolReader;
  readonly files: EpochFiles;
  readonly stream: bigint;
}

/**
 * The credit list and pay-outs of an epoch as of a timestamp, of the receipts that belong to it and that this oracle credits,
 * on top of the newest final ones. The same verdicts always give the same lists.
 *
 * @throws OracleError `chain_inconsistent` when the lists would pay more than there is; those of `EpochFiles`
 */
export async function buildLists(
  sources: ListSources,
  epoch: OpenedEpoch,
  asOf: bigint,
  signal: AbortSignal,
): Promise<EpochFile> {
  const previous = await sources.files.previousPayouts(epoch.epoch, signal);
  const members = await membersOf(sources, epoch, asOf);
  const own = await creditedReceipts(sources, epoch.firstBatch, epoch.lastBatch);
  const moved: CreditedReceipt[] = [];
  for (const { batch, receiptIndex } of members.moved) {
    const found = await creditedReceipts(sources, batch, batch);
    moved.push(...found.filter((receipt) => receipt.receiptIndex === receiptIndex));
  }
  const lists = buildEpoch({
    epoch: epoch.epoch,
    firstBatch: epoch.firstBatch,
    lastBatch: epoch.lastBatch,
    stream: sources.stream,
    receipts: [...moved, ...own.filter(({ batch, receiptIndex }) => members.belongs(batch, receiptIndex))],
    previous,
  });
  if (lists.total > epoch.dataAmountAfter) {
    throw new OracleError(
      "chain_inconsistent",
      `Up to epoch ${epoch.epoch} there are ${epoch.dataAmountAfter}, its receipts would bring pay-outs to ${lists.total}. ` +
        "Nothing is proposed; the receipts' batches need a person's look.",
      { retryable: false },
    );
  }
  return lists;
}

/** Receipts of a range of batches that this oracle credits, with their models' data parts when they were settled. */
export async function creditedReceipts(
  { facts, batches, chain }: Pick<ListSources, "facts" | "batches" | "chain">,
  first: bigint,
  last: bigint,
): Promise<readonly CreditedReceipt[]> {
  const settledIn = new Map((await facts.batches(first, last)).map(({ batch, blockHash }) => [batch, blockHash]));
  const dataBps = new Map<string, number>();
  const credited: CreditedReceipt[] = [];
  for (const receipt of await batches.credited(first, last)) {
    const blockHash = settledIn.get(receipt.batch);
    // Its batch was orphaned between the two readings.
    if (blockHash === undefined) continue;
    const key = `${blockHash}/${receipt.model}`;
    const known = dataBps.get(key) ?? (await chain.dataBpsAt(receipt.model, await chain.timestamp(blockHash))) ?? 0;
    dataBps.set(key, known);
    credited.push({ ...receipt, dataBps: known });
  }
  return credited;
}
