import type { Hex } from "viem";
import { OpenLedgerError } from "./OpenLedgerError.js";

/** A transaction was mined and reverted, or lacks the event that its success would have left. */
export class TransactionFailedError extends OpenLedgerError {
  override readonly name = "TransactionFailedError";

  constructor(
    readonly call: string,
    readonly hash: Hex,
    problem: string,
  ) {
    super(`${call} in transaction ${hash}: ${problem}. Read the state before trying again.`, {
      code: "transaction_failed",
      retryable: false,
    });
  }
}
