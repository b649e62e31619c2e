/** Why erasing from a Datanet's indexes did not begin, or was ended before all was looked at. */
export class EraseError extends Error {
  override readonly name = "EraseError";

  constructor(
    readonly code: "usage" | "plan_mismatch" | "stopped",
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
