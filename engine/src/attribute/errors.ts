/** What attribution cannot do, and why. */
export class AttributionError extends Error {
  override readonly name = "AttributionError";
  /** Whether trying again may help: another process may have ended meanwhile. */
  readonly retryable: boolean;

  constructor(
    readonly code:
      | "record_too_long"
      | "index_malformed"
      | "index_mismatch"
      | "index_locked"
      | "index_failed"
      | "base_malformed"
      | "gradients_malformed"
      | "gradients_mismatch"
      | "not_finite"
      | "search_failed"
      | "search_full"
      | "invalid_request",
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.retryable = code === "index_locked" || code === "index_failed";
  }
}
