export type RuntimeErrorCode =
  | "manifest_malformed"
  | "weights_mismatch"
  | "adapter_mismatch"
  | "adapter_unsupported"
  | "adapter_unknown"
  | "model_unusable"
  | "program_mismatch"
  | "device_inexact"
  | "device_missing"
  | "attribution_missing"
  | "context_exceeded"
  | "invalid_request"
  | "aborted"
  | "runtime_closed"
  | "runtime_failed";

/** A call to the runtime that was not answered, and why. */
export class RuntimeError extends Error {
  override readonly name = "RuntimeError";
  /** Whether the same call may succeed later: only after the worker itself has failed. */
  readonly retryable: boolean;

  constructor(
    readonly code: RuntimeErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.retryable = code === "runtime_failed";
  }
}
