/** A registered model, its records or the texts for it that cannot be read, and why. */
export class RegisteredModelError extends Error {
  override readonly name = "RegisteredModelError";

  constructor(
    readonly code:
      | "not_an_adapter"
      | "content_mismatch"
      | "content_erased"
      | "no_texts"
      | "no_attribution"
      | "unknown_recipe"
      | "gradients_unusable",
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
