/** Standings that cannot be told, and why. */
export class StandingsError extends Error {
  override readonly name = "StandingsError";

  constructor(
    readonly code: "usage" | "stopped",
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
