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
  | "bad_request"
  | "block_erased"
  | "block_not_found"
  | "block_too_large"
  | "busy"
  | "chain_unavailable"
  | "content_mismatch"
  | "deadline_passed"
  | "empty_block"
  | "erasure_off"
  | "incomplete_body"
  | "method_not_allowed"
  | "not_allowed"
  | "request_too_large"
  | "route_not_found"
  | "storage_full"
  | "too_many_records";
