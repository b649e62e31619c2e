import { attributionHash, committedRecordsHash, committedSharesHash } from "@openledger/sdk";
import type { ReadReceipt } from "../attribute/readBatchFile.js";

/**
 * A receipt with what its `attributionHash` stands for, as a proof opens it. Undefined when the file's lists are not the
 * ones that the receipt commits to: the contract would not take them. Lists that are no true attribution, out of order
 * or not whole, are opened all the same: whoever credits them is refuted by them.
 */
export function openReceipt(entry: ReadReceipt | undefined, dataBps: ReadonlyMap<bigint, number | undefined>) {
  if (entry === undefined) return undefined;
  const { receipt, shares, records, methodHash } = entry;
  const recordsHash = entry.recordsHash ?? committedRecordsHash(records);
  const committed = attributionHash({ sharesHash: committedSharesHash(shares), recordsHash, methodHash });
  if (committed !== receipt.attributionHash) return undefined;
  return { receipt, attribution: { shares, recordsHash, methodHash }, dataBps: dataBps.get(receipt.model) };
}
