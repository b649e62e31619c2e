import { OpenLedgerError } from "./OpenLedgerError.js";

/** A runner did not answer a request; `runnerCode` and `details` are its own words. */
export class PaymentRefusedError extends OpenLedgerError {
  override readonly name = "PaymentRefusedError";
  /** The runner's code, for instance `channel_exhausted`. */
  readonly runnerCode: string;
  readonly status: number;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(
    url: string,
    refusal: {
      readonly status: number;
      readonly code: string;
      readonly message: string;
      readonly retryable: boolean;
      readonly details: Readonly<Record<string, unknown>>;
    },
  ) {
    super(`${url} refused (${refusal.status} ${refusal.code}): ${refusal.message}`, {
      code: "payment_refused",
      retryable: refusal.retryable,
    });
    this.runnerCode = refusal.code;
    this.status = refusal.status;
    this.details = refusal.details;
  }
}
