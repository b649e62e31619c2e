import { OpenLedgerError } from "./OpenLedgerError.js";

/** A contract refused a call, with the typed error that it gave. Nothing was sent. */
export class ContractRefusedError extends OpenLedgerError {
  override readonly name = "ContractRefusedError";

  /** @param errorName Name in Solidity, for instance `InferenceMarket_WrongSigner`. @param values Its values, in order. */
  constructor(
    readonly call: string,
    readonly errorName: string,
    readonly values: readonly unknown[],
    cause?: unknown,
  ) {
    super(`${call} was refused: ${errorName}(${values.map(String).join(", ")}).`, {
      code: "contract_refused",
      retryable: false,
      cause,
    });
  }
}
