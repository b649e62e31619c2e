import type { Address } from "viem";
import type { ChainClient } from "../ChainClient.js";
import { type Submitted, submit } from "../submit.js";

export type ApproveTokenParameters = {
  readonly spender: Address;
  readonly amount: bigint;
};

/** Lets a spender draw up to an amount of the account's OPEN. @throws ContractRefusedError, TransactionFailedError */
export async function approveToken(client: ChainClient, parameters: ApproveTokenParameters): Promise<Submitted> {
  const { spender, amount } = parameters;
  return submit(client, "openToken", "approve", [spender, amount]);
}
