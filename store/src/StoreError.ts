/** A request the store cannot serve. `code` is stable; `retryable` says whether the same request may succeed later. */
export class StoreError extends Error {
  override readonly name: string = "StoreError";

  constructor(
    readonly code: StoreErrorCode,
    message: string,
    readonly retryable: boolean,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

export type StoreErrorCode =
  | "bad_cid"
  | "block_not_found"
  | "block_too_large"
  | "content_mismatch"
  | "empty_block"
  | "incomplete_body"
  | "method_not_allowed"
  | "route_not_found"
  | "storage_full";
