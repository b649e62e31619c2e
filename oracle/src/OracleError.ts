/** What an oracle can fail at. Each code's HTTP status stands in `server/errorStatus.ts`, nowhere else. */
export type OracleErrorCode =
  | "invalid_config"
  | "unknown_key"
  | "chain_unavailable"
  | "chain_inconsistent"
  | "wrong_chain"
  | "database_unavailable"
  | "database_taken"
  | "database_foreign"
  | "content_unavailable"
  | "content_mismatch"
  | "content_erased"
  | "runner_unavailable"
  | "runner_refused"
  | "malformed_document"
  | "unsupported_base"
  | "unsupported_program"
  | "invalid_request"
  | "unknown_route"
  | "method_not_allowed"
  | "unknown_epoch"
  | "unknown_account"
  | "unknown_contribution"
  | "not_judged"
  | "internal";

export interface OracleErrorOptions {
  /** Whether the same call may succeed later without a change. */
  readonly retryable: boolean;
  readonly cause?: unknown;
}

/** What the oracle could not do; the message says what was asked, what was found, and what to do. */
export class OracleError extends Error {
  override readonly name: string = "OracleError";
  readonly retryable: boolean;

  constructor(
    readonly code: OracleErrorCode,
    message: string,
    options: OracleErrorOptions,
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.retryable = options.retryable;
  }
}
