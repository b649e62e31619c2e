/** What a runner can refuse or fail at. Each code's HTTP status stands in `server/errorStatus.ts`, nowhere else. */
export type RunnerErrorCode =
  | "malformed_json"
  | "invalid_request"
  | "unsupported_parameter"
  | "request_too_long"
  | "malformed_voucher"
  | "body_too_large"
  | "unsupported_media_type"
  | "payment_required"
  | "unknown_channel"
  | "channel_of_another_runner"
  | "channel_exhausted"
  | "voucher_wrong_signer"
  | "voucher_wrong_model"
  | "voucher_wrong_request"
  | "voucher_cap_too_low"
  | "voucher_expires_too_soon"
  | "nonce_taken"
  | "nonce_out_of_order"
  | "disclosure_expired"
  | "disclosure_wrong_signer"
  | "disclosure_not_allowed"
  | "unknown_model"
  | "unknown_receipt"
  | "unknown_route"
  | "model_not_ready"
  | "overloaded"
  | "stopping"
  | "chain_unavailable"
  | "content_unavailable"
  | "database_unavailable"
  | "generation_failed"
  | "internal";

/** Facts a client needs to do it right the next time; they are sent with the error. Never a secret. */
export type RunnerErrorDetails = Readonly<Record<string, unknown>>;

export interface RunnerErrorOptions {
  /** Whether the same request may succeed later without a change. */
  readonly retryable: boolean;
  /** The request's field at fault. */
  readonly param?: string;
  readonly details?: RunnerErrorDetails;
  readonly cause?: unknown;
}

/** A request the runner does not answer; the message says what was asked, what was found, and what to do. */
export class RunnerError extends Error {
  override readonly name: string = "RunnerError";
  readonly retryable: boolean;
  readonly param: string | undefined;
  readonly details: RunnerErrorDetails;

  constructor(
    readonly code: RunnerErrorCode,
    message: string,
    options: RunnerErrorOptions,
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.retryable = options.retryable;
    this.param = options.param;
    this.details = options.details ?? {};
  }
}
