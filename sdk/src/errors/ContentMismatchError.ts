import type { Hex } from "viem";
import { OpenLedgerError } from "./OpenLedgerError.js";

/** Bytes were delivered under a hash which is not theirs. */
export class ContentMismatchError extends OpenLedgerError {
  override readonly name = "ContentMismatchError";

  constructor(
    readonly source: string,
    readonly expected: Hex,
    readonly found: Hex,
  ) {
    super(`${source}: asked for content ${expected}, found content ${found}; use another source.`, {
      code: "content_mismatch",
      retryable: false,
    });
  }
}
