/** What attribution cannot do, and why. None of it goes away by trying again. */
export class AttributionError extends Error {
  override readonly name = "AttributionError";
  readonly retryable = false;

  constructor(
    readonly code:
      | "record_too_long"
      | "index_malformed"
      | "index_mismatch"
      | "base_malformed"
      | "not_finite"
      | "search_failed"
      | "search_full"
      | "invalid_request",
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
