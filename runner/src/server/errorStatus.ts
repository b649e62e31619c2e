import type { RunnerErrorCode } from "../RunnerError.js";

export type ErrorType =
  | "invalid_request_error"
  | "payment_error"
  | "conflict_error"
  | "permission_error"
  | "not_found_error"
  | "unavailable_error"
  | "server_error";

/** The one table from a code to its HTTP status and OpenAI-style type. */
export const errorStatus: Readonly<Record<RunnerErrorCode, readonly [status: number, type: ErrorType]>> = {
  malformed_json: [400, "invalid_request_error"],
  invalid_request: [400, "invalid_request_error"],
  unsupported_parameter: [400, "invalid_request_error"],
  request_too_long: [400, "invalid_request_error"],
  malformed_voucher: [400, "invalid_request_error"],
  body_too_large: [413, "invalid_request_error"],
  unsupported_media_type: [415, "invalid_request_error"],
  payment_required: [402, "payment_error"],
  unknown_channel: [402, "payment_error"],
  channel_of_another_runner: [402, "payment_error"],
  channel_exhausted: [402, "payment_error"],
  voucher_wrong_signer: [402, "payment_error"],
  voucher_wrong_model: [402, "payment_error"],
  voucher_wrong_request: [402, "payment_error"],
  voucher_cap_too_low: [402, "payment_error"],
  voucher_expires_too_soon: [402, "payment_error"],
  nonce_taken: [409, "conflict_error"],
  nonce_out_of_order: [409, "conflict_error"],
  disclosure_expired: [403, "permission_error"],
  disclosure_wrong_signer: [403, "permission_error"],
  disclosure_not_allowed: [403, "permission_error"],
  unknown_model: [404, "not_found_error"],
  unknown_receipt: [404, "not_found_error"],
  unknown_route: [404, "not_found_error"],
  model_not_ready: [503, "unavailable_error"],
  overloaded: [503, "unavailable_error"],
  stopping: [503, "unavailable_error"],
  chain_unavailable: [503, "unavailable_error"],
  content_unavailable: [503, "unavailable_error"],
  database_unavailable: [503, "unavailable_error"],
  generation_failed: [500, "server_error"],
  internal: [500, "server_error"],
};
