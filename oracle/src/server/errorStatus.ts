import type { OracleErrorCode } from "../OracleError.js";

/** The one table from a code to its HTTP status; what stands here is sent, everything else is a 500. */
export const errorStatus: Readonly<Partial<Record<OracleErrorCode, number>>> = {
  invalid_request: 400,
  unknown_route: 404,
  unknown_epoch: 404,
  unknown_account: 404,
  unknown_contribution: 404,
  not_judged: 404,
  method_not_allowed: 405,
  chain_unavailable: 503,
  content_unavailable: 503,
  database_unavailable: 503,
  database_taken: 503,
};
