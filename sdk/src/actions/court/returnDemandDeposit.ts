import type { ChainClient } from "../ChainClient.js";
import { eventOf, submit } from "../submit.js";

export type ReturnDemandDepositParameters = { readonly batch: bigint; readonly index: number };

/** Gives a demander the deposit back when the batch fell otherwise. @throws ContractRefusedError, TransactionFailedError */
export async function returnDemandDeposit(client: ChainClient, { batch, index }: ReturnDemandDepositParameters) {
  const submitted = await submit(client, "receiptCourt", "returnDeposit", [batch, index]);
  return { ...submitted, event: eventOf(client, submitted, "receiptCourt", "DepositReturned") };
}
