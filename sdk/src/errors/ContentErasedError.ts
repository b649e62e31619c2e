import type { Hex } from "viem";
import { OpenLedgerError } from "./OpenLedgerError.js";

/** The content store had a file and has erased it, for good. */
export class ContentErasedError extends OpenLedgerError {
  override readonly name = "ContentErasedError";

  constructor(
    readonly url: string,
    /** SHA-256 of the file that stands for it, as the store says: what it holds is to be checked. */
    readonly replacement?: Hex,
  ) {
    super(
      `${url}: asked the content store, which has erased this file` +
        `${replacement === undefined ? "" : ` and keeps ${replacement} in its place`}; it comes back from nowhere.`,
      { code: "content_erased", retryable: false },
    );
  }
}
