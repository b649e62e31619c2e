export type OpenLedgerErrorOptions = {
  /** Stable, machine-readable name of the fault, snake case. */
  readonly code: string;
  /** Whether the same call may succeed later without a change by the caller. */
  readonly retryable: boolean;
  readonly cause?: unknown;
};

/** The root of every error the SDK throws on purpose; its message says what was asked, what was found, what to do. */
export class OpenLedgerError extends Error {
  override readonly name: string = "OpenLedgerError";
  readonly code: string;
  readonly retryable: boolean;

  constructor(message: string, options: OpenLedgerErrorOptions) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = options.code;
    this.retryable = options.retryable;
  }
}
