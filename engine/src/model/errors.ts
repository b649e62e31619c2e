/** A model folder, weight file or adapter that cannot be used, and why. */
export class ModelError extends Error {
  override readonly name = "ModelError";
  readonly retryable = false;

  constructor(
    readonly code:
      | "file_unreadable"
      | "config_unsupported"
      | "weights_malformed"
      | "weights_missing"
      | "weights_mismatch"
      | "hash_mismatch"
      | "adapter_unsupported"
      | "tokenizer_unsupported"
      | "reference_malformed",
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
