import type { Response } from "express";
import { RunnerError } from "../RunnerError.js";
import { errorStatus } from "./errorStatus.js";

/** What a client sees of an error: a fault inside says that it is one, its cause stays in the log. */
export function publicError(error: unknown): RunnerError {
  if (error instanceof RunnerError) return error;
  return new RunnerError("internal", "The runner failed; its log says why. Nothing was charged twice: ask again.", {
    retryable: true,
    cause: error,
  });
}

export function errorJson(error: RunnerError): Readonly<Record<string, unknown>> {
  const { code, message, retryable, param, details } = error;
  return {
    error: { code, message, type: errorStatus[code][1], retryable, ...(param === undefined ? {} : { param }) },
    ...(Object.keys(details).length === 0 ? {} : { openledger: details }),
  };
}

export function sendError(response: Response, error: RunnerError): void {
  const [status] = errorStatus[error.code];
  if (status === 503) response.setHeader("retry-after", "2");
  response.status(status).json(errorJson(error));
}
