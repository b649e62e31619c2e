/** An index that no records can be erased from, and why. */
export class EraseError extends Error {
  override readonly name = "EraseError";

  constructor(
    readonly code: "usage" | "index_mismatch" | "stopped",
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
