import type { CreditOpening } from "../../builders/EpochFault.js";
import type { ChainClient } from "../ChainClient.js";
import { eventOf, submit } from "../submit.js";

export type WithdrawOverVoidParameters = {
  readonly epoch: bigint;
  /** A credit of the batch that was voided after the proposal's `asOf`. */
  readonly credit: CreditOpening;
};

/**
 * Ends a proposal that credits a batch which was voided meanwhile: nobody is at fault, the bond goes back, and the epoch is
 * proposed anew.
 *
 * @throws ContractRefusedError, TransactionFailedError
 */
export async function withdrawOverVoid(client: ChainClient, { epoch, credit }: WithdrawOverVoidParameters) {
  const submitted = await submit(client, "epochCourt", "withdrawOverVoid", [epoch, credit]);
  return { ...submitted, event: eventOf(client, submitted, "attributionOracle", "EpochWithdrawn") };
}
