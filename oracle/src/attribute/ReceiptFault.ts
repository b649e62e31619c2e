/** Which check of a receipt failed. */
export type ReceiptCheck =
  | "signature"
  | "chain"
  | "model"
  | "program"
  | "fee"
  | "attribution_hash"
  | "request"
  | "prompt_tokens"
  | "seed"
  | "output"
  | "shares"
  | "records"
  | "method"
  | "undisclosed"
  | "unverifiable";

/** Why a receipt earns nobody anything in this oracle's lists: what the check asked for and what it found. */
export interface ReceiptFault {
  readonly check: ReceiptCheck;
  readonly asked: string;
  readonly found: string;
}

/** What arithmetic shows: the batch is voided by a proof. */
export const PROVABLE_CHECKS: ReadonlySet<ReceiptCheck> = new Set(["chain", "model", "fee"]);

/** What the batch's file withholds of a receipt: the court is asked for it, see `BatchLedger.withheld`. */
export const WITHHELD_CHECKS: ReadonlySet<ReceiptCheck> = new Set(["attribution_hash", "signature"]);
