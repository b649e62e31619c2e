import type { Address } from "viem";
import type { ChainClient } from "../ChainClient.js";
import { eventOf, submit } from "../submit.js";

export type DepositParameters = {
  readonly payer: Address;
  readonly amount: bigint;
};

/** Adds the account's OPEN to a payer's free balance. The market must be approved for it. @throws ContractRefusedError, TransactionFailedError */
export async function deposit(client: ChainClient, parameters: DepositParameters) {
  const { payer, amount } = parameters;
  const submitted = await submit(client, "inferenceMarket", "deposit", [payer, amount]);
  return { ...submitted, event: eventOf(client, submitted, "inferenceMarket", "Deposited") };
}
