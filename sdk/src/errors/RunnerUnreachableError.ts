import { OpenLedgerError } from "./OpenLedgerError.js";

/** The connection to a runner failed. The same request may be sent again: a voucher is never charged twice. */
export class RunnerUnreachableError extends OpenLedgerError {
  override readonly name = "RunnerUnreachableError";

  constructor(
    readonly url: string,
    found: string,
    cause?: unknown,
  ) {
    super(`${url}: asked the runner, found ${found}; ask again.`, {
      code: "runner_unreachable",
      retryable: true,
      cause,
    });
  }
}
