import type { Receipt } from "@openledger/sdk";
import type { Hex } from "viem";
import type { Answer } from "../serve/Answer.js";

/** Where a receipt was settled on chain. */
export interface Settlement {
  readonly batch: bigint;
  readonly transaction: Hex;
  readonly block: bigint;
}

/** A signed receipt with all that stands behind it. */
export interface StoredReceipt {
  readonly hash: Hex;
  /** The voucher's digest. */
  readonly digest: Hex;
  readonly receipt: Receipt;
  readonly signature: Hex;
  readonly answer: Answer;
  readonly signedAt: Date;
}
