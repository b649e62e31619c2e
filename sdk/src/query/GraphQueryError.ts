import { OpenLedgerError } from "../errors/OpenLedgerError.js";

/** The index did not answer a query, or refused it. */
export class GraphQueryError extends OpenLedgerError {
  override readonly name = "GraphQueryError";

  constructor(
    readonly url: string,
    found: string,
    options: { readonly retryable: boolean; readonly cause?: unknown },
  ) {
    super(`${url}: asked the index, found ${found}; ${options.retryable ? "try again" : "correct the query"}.`, {
      code: "graph_query",
      retryable: options.retryable,
      cause: options.cause,
    });
  }
}
