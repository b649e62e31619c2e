import {
  type AttributedReceipt,
  decodeUnorderedBatchFile,
  MalformedDocumentError,
  type MarketDomain,
  receiptTree,
} from "@openledger/sdk";
import { type Address, type Hex, isAddressEqual } from "viem";
import type { SettledBatch } from "../store/ChainFacts.js";

/** A receipt as its batch's file has it, or as the court had it shown: then of its records only the hash is known. */
export type ReadReceipt = Omit<AttributedReceipt, "signature"> & {
  /** Undefined where it was shown among all of its batch: the batch's root alone binds it then. */
  readonly signature: Hex | undefined;
  readonly recordsHash?: Hex;
};

export interface ReadBatch {
  readonly runner: Address;
  /** In the order of the batch's tree. */
  readonly receipts: readonly ReadReceipt[];
}

/** A batch's receipts together with their tree, or why they are not known. */
export type BatchReading =
  | { readonly file: ReadBatch; readonly tree: ReturnType<typeof receiptTree> }
  | { readonly refused: string };

/**
 * Reads a batch's file and checks that it is what the batch's root stands for. The root was put on chain by the runner
 * itself, so a file that does not fit it is the runner's own fault and nothing in it is believed. Receipts that are out of order
 * under the root are read all the same: they void the batch.
 *
 * @param bytes What the content store holds under the batch's `dataHash`.
 */
export function readBatchFile(domain: MarketDomain, batch: SettledBatch, bytes: Uint8Array): BatchReading {
  try {
    const file = decodeUnorderedBatchFile(bytes);
    if (file.chainId !== domain.chainId || !isAddressEqual(file.market, domain.market)) {
      return { refused: `the file is of market ${file.market} on chain ${file.chainId}` };
    }
    if (!isAddressEqual(file.runner, batch.runner)) {
      return { refused: `the file is runner ${file.runner}'s, the batch was settled by ${batch.runner}` };
    }
    return readReceipts(domain, batch, file.receipts);
  } catch (error) {
    if (error instanceof MalformedDocumentError) return { refused: error.message };
    throw error;
  }
}

/** Checks that receipts are the ones under a batch's root. */
export function readReceipts(
  domain: MarketDomain,
  { runner, receiptsRoot }: SettledBatch,
  receipts: readonly ReadReceipt[],
): BatchReading {
  const tree = receiptTree(
    domain,
    receipts.map(({ receipt }) => receipt),
  );
  if (tree.root === receiptsRoot) return { file: { runner, receipts }, tree };
  return { refused: `the file's receipts have root ${tree.root}, the batch has ${receiptsRoot}` };
}
