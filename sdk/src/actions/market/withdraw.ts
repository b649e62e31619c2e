import type { Address } from "viem";
import type { ChainClient } from "../ChainClient.js";
import { eventOf, submit } from "../submit.js";

export type WithdrawParameters = {
  readonly to: Address;
  readonly amount: bigint;
};

/** Pays from the account's free balance to an address. @throws ContractRefusedError, TransactionFailedError */
export async function withdraw(client: ChainClient, parameters: WithdrawParameters) {
  const { to, amount } = parameters;
  const submitted = await submit(client, "inferenceMarket", "withdraw", [to, amount]);
  return { ...submitted, event: eventOf(client, submitted, "inferenceMarket", "Withdrawn") };
}
