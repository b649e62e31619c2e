import type { Address } from "viem";
import type { ChainClient } from "../ChainClient.js";
import { eventOf, submit } from "../submit.js";

export type ClaimJurorPayParameters = { readonly dispute: bigint; readonly round: 1 | 2; readonly juror: Address };

/** Pays a juror its part of a finished round's pot. @throws ContractRefusedError, TransactionFailedError */
export async function claimJurorPay(client: ChainClient, { dispute, round, juror }: ClaimJurorPayParameters) {
  const submitted = await submit(client, "jury", "claim", [dispute, round, juror]);
  return { ...submitted, event: eventOf(client, submitted, "jury", "JurorPaid") };
}
