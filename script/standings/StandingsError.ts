/** Standings that cannot be told, and why. */
export class StandingsError extends Error {
  override readonly name = "StandingsError";

  constructor(
    readonly code: "usage" | "not_an_adapter" | "content_mismatch" | "content_erased" | "no_texts" | "stopped",
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
