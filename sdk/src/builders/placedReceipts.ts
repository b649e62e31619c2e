import type { Hex } from "viem";
import { InvalidValueError } from "../errors/InvalidValueError.js";
import type { MarketDomain } from "../hash/typedData.js";
import type { Receipt } from "../hash/types.js";
import { compareReceipts, receiptTree } from "../wire/batchFile.js";
import type { PlacedReceipt } from "./BatchFault.js";

/** Where a receipt would stand: one nonce, or all nonces of a (channel, model) when `nonce` is undefined. */
export type ReceiptPlace = {
  readonly channel: Hex;
  readonly model: bigint;
  readonly nonce: bigint | undefined;
};

/** The receipts under a batch's root, each with the proof of its place. */
export type PlacedReceipts = {
  readonly open: (index: number) => PlacedReceipt;
  /** What stands around a place where nothing does: none, the first or the last receipt, or two neighbours. */
  readonly around: (place: ReceiptPlace) => readonly PlacedReceipt[];
};

/**
 * @param receipts In the order of the batch's tree.
 * @throws InvalidValueError when they are not the receipts under `receiptsRoot`.
 */
export function placeReceipts(market: MarketDomain, receipts: readonly Receipt[], receiptsRoot: Hex): PlacedReceipts {
  const tree = receiptTree(market, receipts);
  if (tree.root !== receiptsRoot) throw new InvalidValueError("receipts", `the list under ${receiptsRoot}`, tree.root);
  const open = (index: number): PlacedReceipt => ({ receipt: receipts[index]!, ...tree.proof(index) });
  return {
    open,
    around: (place) => {
      const behind = receipts.findIndex((receipt) => compareToPlace(receipt, place) > 0);
      const right = behind < 0 ? receipts.length : behind;
      return [right - 1, right].filter((index) => index >= 0 && index < receipts.length).map(open);
    },
  };
}

/** Below 0 when the receipt stands before the place, above 0 when behind it, 0 when at it. */
export function compareToPlace(receipt: Receipt, { channel, model, nonce }: ReceiptPlace): number {
  return compareReceipts(receipt, { ...receipt, channel, model, nonce: nonce ?? receipt.nonce });
}
