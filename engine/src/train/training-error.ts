/** A training run that could not start or go on, and why. */
export class TrainingError extends Error {
  override readonly name = "TrainingError";
  readonly retryable = false;

  constructor(
    readonly code: "too_few_tokens" | "length_out_of_range" | "unknown_recipe" | "diverged" | "cancelled" | "failed",
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
