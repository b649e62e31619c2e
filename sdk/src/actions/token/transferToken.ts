import type { Address } from "viem";
import type { ChainClient } from "../ChainClient.js";
import { type Submitted, submit } from "../submit.js";

export type TransferTokenParameters = {
  readonly to: Address;
  readonly amount: bigint;
};

/** Sends OPEN from the account. @throws ContractRefusedError, TransactionFailedError */
export async function transferToken(client: ChainClient, parameters: TransferTokenParameters): Promise<Submitted> {
  const { to, amount } = parameters;
  return submit(client, "openToken", "transfer", [to, amount]);
}
