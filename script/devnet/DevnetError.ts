/** A failure of the local network. `retryable` says whether the same call may succeed without a change by the user. */
export class DevnetError extends Error {
  override readonly name: string = "DevnetError";

  constructor(
    readonly code: string,
    message: string,
    readonly retryable: boolean,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
