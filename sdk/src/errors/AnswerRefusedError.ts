import { OpenLedgerError } from "./OpenLedgerError.js";

/** What of an answer can be false. */
export type AnswerCheck =
  | "receipt_hash"
  | "signature"
  | "request"
  | "program"
  | "seed"
  | "tokens"
  | "fee"
  | "cumulative"
  | "output"
  | "attribution"
  | "method"
  | "records";

/** An answer that is not what its receipt, the request or the chain says. The payer signs nothing further on it. */
export class AnswerRefusedError extends OpenLedgerError {
  override readonly name = "AnswerRefusedError";

  constructor(
    readonly check: AnswerCheck,
    readonly expected: string,
    readonly found: string,
  ) {
    super(
      `The answer's ${check.replace("_", " ")} is wrong: expected ${expected}, found ${found}. Keep it as evidence and leave this runner.`,
      { code: "answer_refused", retryable: false },
    );
  }
}
