import type { Hex } from "viem";
import type { MarketDomain } from "../hash/typedData.js";
import type { Receipt, Voucher } from "../hash/types.js";
import type { PlacedReceipt } from "./BatchFault.js";
import type { AttributionOpening } from "./EpochFault.js";
import { placeReceipts } from "./placedReceipts.js";

/** What answers a demand of a receipt. */
export type Revelation = {
  readonly placed: PlacedReceipt;
  readonly runnerSignature: Hex;
  readonly cumulativeCap: bigint;
  readonly deadline: bigint;
  readonly voucherSignature: Hex;
  readonly attribution: AttributionOpening;
};

export type RevelationParts = {
  readonly market: MarketDomain;
  readonly receiptsRoot: Hex;
  /** In the order of the batch's tree. */
  readonly receipts: readonly Receipt[];
  readonly index: number;
  readonly runnerSignature: Hex;
  /** The voucher that the payer signed with the receipt's request, and its signature, 65 bytes. */
  readonly voucher: Pick<Voucher, "cumulativeCap" | "deadline">;
  readonly voucherSignature: Hex;
  readonly attribution: AttributionOpening;
};

/** All that a receipt stands on, ready for `revealReceipt`. @throws InvalidValueError */
export function buildRevelation(parts: RevelationParts): Revelation {
  const { market, receiptsRoot, receipts, index, voucher } = parts;
  return {
    placed: placeReceipts(market, receipts, receiptsRoot).open(index),
    runnerSignature: parts.runnerSignature,
    cumulativeCap: voucher.cumulativeCap,
    deadline: voucher.deadline,
    voucherSignature: parts.voucherSignature,
    attribution: parts.attribution,
  };
}
