import { OpenLedgerError } from "./OpenLedgerError.js";

/** A file or message does not have the shape that its format demands. */
export class MalformedDocumentError extends OpenLedgerError {
  override readonly name = "MalformedDocumentError";
  readonly path: string;

  /** @param path Where in the document, for instance `records[3].text`. */
  constructor(document: string, path: string, problem: string, cause?: unknown) {
    super(`${document}${path === "" ? "" : ` at ${path}`}: ${problem}.`, {
      code: "malformed_document",
      retryable: false,
      cause,
    });
    this.path = path;
  }
}
