/** A parameter or a row of logits that the sampler refuses, by name. */
export class SamplingError extends Error {
  override readonly name = "SamplingError";
  readonly retryable = false;

  /** @param field The parameter as `SamplingRule` names it, or `logits`, `position`, `seen`. */
  constructor(
    readonly code: "parameter_out_of_range" | "logits_malformed",
    readonly field: string,
    message: string,
  ) {
    super(message);
  }
}
