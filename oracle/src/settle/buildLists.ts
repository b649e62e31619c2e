import { buildEpoch, type CreditedReceipt, type EpochFile } from "@openledger/sdk";
import type { Hex } from "viem";
import type { ProtocolReader } from "../chain/ProtocolReader.js";
import { OracleError } from "../OracleError.js";
import type { BatchLedger, JudgedReceipt } from "../store/BatchLedger.js";
import type { ChainFacts, OpenedEpoch } from "../store/ChainFacts.js";
import type { CourtFacts } from "../store/CourtFacts.js";
import type { EpochFiles } from "./EpochFiles.js";
import { membersOf } from "./EpochMembership.js";

export interface ListSources {
  readonly facts: ChainFacts;
  readonly courtFacts: CourtFacts;
  readonly batches: BatchLedger;
  readonly chain: ProtocolReader;
  readonly files: EpochFiles;
  readonly stream: bigint;
}

/**
 * The credit list and pay-outs of an epoch as of a timestamp, of the receipts that belong to it, on top of the newest final
 * ones. What this oracle thinks of a receipt is no matter here: who finds it false has to open its case before, and then it
 * does not belong (see `ReceiptCases`). So everybody who has the batches comes to the same lists.
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
  const own = await withDataPart(sources, await sources.batches.known(epoch.firstBatch, epoch.lastBatch));
  const moved: CreditedReceipt[] = [];
  for (const { batch, receiptIndex } of members.moved) {
    const found = await sources.batches.known(batch, batch);
    const [receipt] = found.filter((one) => one.receiptIndex === receiptIndex);
    if (receipt !== undefined) moved.push(...(await withDataPart(sources, [receipt])));
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

/** Receipts with their models' data parts when they were settled. */
export async function withDataPart(
  {
    facts,
    chain,
  }: {
    readonly facts: Pick<ChainFacts, "batches">;
    readonly chain: Pick<ProtocolReader, "dataBpsAt" | "timestamp">;
  },
  receipts: readonly JudgedReceipt[],
): Promise<readonly CreditedReceipt[]> {
  const settledIn = new Map<bigint, Hex | undefined>();
  const dataBps = new Map<string, number>();
  const found: CreditedReceipt[] = [];
  for (const receipt of receipts) {
    const { batch, model } = receipt;
    if (!settledIn.has(batch)) settledIn.set(batch, (await facts.batches(batch, batch))[0]?.blockHash);
    const blockHash = settledIn.get(batch);
    // Its batch was orphaned between the two readings.
    if (blockHash === undefined) continue;
    const key = `${blockHash}/${model}`;
    const known = dataBps.get(key) ?? (await chain.dataBpsAt(model, await chain.timestamp(blockHash))) ?? 0;
    dataBps.set(key, known);
    found.push({ ...receipt, dataBps: known });
  }
  return found;
}
