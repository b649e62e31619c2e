import { OpenLedgerError } from "./OpenLedgerError.js";

/** The content store did not deliver or did not take a file. */
export class ContentUnavailableError extends OpenLedgerError {
  override readonly name = "ContentUnavailableError";
  /** Of the store's answer; undefined where there was none. */
  readonly status: number | undefined;

  constructor(
    readonly url: string,
    found: string,
    options: { readonly retryable: boolean; readonly status?: number; readonly cause?: unknown },
  ) {
    super(
      `${url}: asked the content store, found ${found}; ${options.retryable ? "try again" : "use another store"}.`,
      {
        code: "content_unavailable",
        retryable: options.retryable,
        cause: options.cause,
      },
    );
    this.status = options.status;
  }
}
