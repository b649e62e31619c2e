import { OpenLedgerError } from "./OpenLedgerError.js";

/** What of a proof about a match index can fail to hold. */
export type MatchCheck =
  | "index"
  | "claim"
  | "opening"
  | "position"
  | "count"
  | "absence"
  | "maximality"
  | "array_fault"
  | "record_fault";

/** A proof about a match index that does not show what is claimed. It says nothing of whether the claim is true. */
export class MatchProofRefusedError extends OpenLedgerError {
  override readonly name = "MatchProofRefusedError";

  constructor(
    readonly check: MatchCheck,
    readonly claimed: string,
    readonly found: string,
  ) {
    super(`The match proof's ${check.replace("_", " ")} does not hold: claimed ${claimed}, found ${found}.`, {
      code: "match_proof_refused",
      retryable: false,
    });
  }
}
