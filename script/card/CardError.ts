/** A card that cannot be made, and why. */
export class CardError extends Error {
  override readonly name = "CardError";

  constructor(
    readonly code: "usage" | "too_little" | "not_owner" | "stopped",
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
