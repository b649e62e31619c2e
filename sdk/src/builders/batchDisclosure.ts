import type { Hex } from "viem";
import { InvalidValueError } from "../errors/InvalidValueError.js";
import type { MarketDomain } from "../hash/typedData.js";
import type { Receipt } from "../hash/types.js";
import { receiptTree } from "../wire/batchFile.js";
import type { AttributionOpening } from "./EpochFault.js";

/** In place of a receipt's index: all receipts of a batch, as the receipt court takes it. */
export const WHOLE_BATCH = 2 ** 32 - 1;

/** What credits need of a receipt. */
export type ReceiptDisclosure = { readonly receipt: Receipt; readonly attribution: AttributionOpening };

/** Neighbours of a batch's receipts with the proof of their places: what one transaction of `discloseReceipts` shows. */
export type DisclosedRange = {
  /** Place of the first of them. */
  readonly first: bigint;
  /** Receipts of the batch. */
  readonly count: bigint;
  readonly disclosures: readonly ReceiptDisclosure[];
  readonly siblings: readonly Hex[];
};

export type BatchDisclosureParts = {
  readonly market: MarketDomain;
  readonly receiptsRoot: Hex;
  /** All receipts of the batch, in the order of its tree. */
  readonly disclosures: readonly ReceiptDisclosure[];
};

/** Bytes of calldata of one transaction: nodes pass on no more than 128 KiB. */
const MAXIMUM_BYTES = 96 * 1024;
/** ABI-encoded: 12 words of a receipt, 4 of an attribution, 2 offsets; a share's account and number. */
const RECEIPT_BYTES = 18 * 32;
const SHARE_BYTES = 64;

/**
 * The receipts of a batch that was demanded whole, cut into what transactions hold.
 *
 * @returns The range that starts at a place: undefined where nothing is left. An empty batch has one range, of none.
 * @throws InvalidValueError when they are not the receipts under `receiptsRoot`.
 */
export function batchDisclosure(parts: BatchDisclosureParts): (first: number) => DisclosedRange | undefined {
  const { market, receiptsRoot, disclosures } = parts;
  const tree = receiptTree(
    market,
    disclosures.map(({ receipt }) => receipt),
  );
  if (tree.root !== receiptsRoot) throw new InvalidValueError("receipts", `the list under ${receiptsRoot}`, tree.root);
  return (first) => {
    if (disclosures.length === 0)
      return first === 0 ? { first: 0n, count: 0n, disclosures: [], siblings: [] } : undefined;
    const length = lengthFrom(disclosures, first);
    if (length === 0) return undefined;
    const { firstIndex, count, siblings } = tree.rangeProof(first, length);
    return { first: firstIndex, count, disclosures: disclosures.slice(first, first + length), siblings };
  };
}

/** How many receipts from a place on fit into one transaction; at least one where there is one. */
function lengthFrom(disclosures: readonly ReceiptDisclosure[], first: number): number {
  let bytes = 0;
  let end = first;
  while (end < disclosures.length) {
    bytes += RECEIPT_BYTES + SHARE_BYTES * disclosures[end]!.attribution.shares.length;
    if (bytes > MAXIMUM_BYTES && end > first) break;
    end += 1;
  }
  return Math.max(0, end - first);
}
