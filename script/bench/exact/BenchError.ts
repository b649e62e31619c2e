/** A part of the bench that could not be measured, and why. */
export class BenchError extends Error {
  override readonly name = "BenchError";

  constructor(
    readonly code: "contestant_failed" | "peer_unavailable" | "artifact_malformed" | "text_missing",
    message: string,
    readonly retryable: boolean,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
