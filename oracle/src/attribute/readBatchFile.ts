import {
  type BatchFile,
  decodeBatchFile,
  MalformedDocumentError,
  type MarketDomain,
  receiptTree,
} from "@openledger/sdk";
import { isAddressEqual } from "viem";
import type { SettledBatch } from "../store/ChainFacts.js";

/** A batch's file together with its tree, or why it is not the file of this batch. */
export type BatchReading =
  | { readonly file: BatchFile; readonly tree: ReturnType<typeof receiptTree> }
  | { readonly refused: string };

/**
 * Reads a batch's file and checks that it is what the batch's root stands for. The root was put on chain by the runner
 * itself, so a file that does not fit it is the runner's own fault and nothing in it is believed.
 *
 * @param bytes What the content store holds under the batch's `dataHash`.
 */
export function readBatchFile(domain: MarketDomain, batch: SettledBatch, bytes: Uint8Array): BatchReading {
  let file: BatchFile;
  try {
    file = decodeBatchFile(bytes);
  } catch (error) {
    if (error instanceof MalformedDocumentError) return { refused: error.message };
    throw error;
  }
  if (file.chainId !== domain.chainId || !isAddressEqual(file.market, domain.market)) {
    return { refused: `the file is of market ${file.market} on chain ${file.chainId}` };
  }
  if (!isAddressEqual(file.runner, batch.runner)) {
    return { refused: `the file is runner ${file.runner}'s, the batch was settled by ${batch.runner}` };
  }
  const tree = receiptTree(
    domain,
    file.receipts.map(({ receipt }) => receipt),
  );
  if (tree.root !== batch.receiptsRoot) {
    return { refused: `the file's receipts have root ${tree.root}, the batch has ${batch.receiptsRoot}` };
  }
  return { file, tree };
}
