import { type Address, type Hex, parseSignature } from "viem";
import type { ChainClient } from "../ChainClient.js";
import { eventOf, submit } from "../submit.js";

export type DepositWithPermitParameters = {
  readonly payer: Address;
  readonly amount: bigint;
  /** Last second, inclusive, in which the permit may be used. */
  readonly deadline: bigint;
  /** The account's ERC-2612 permit to the market over the amount, 65 bytes. */
  readonly signature: Hex;
};

/** Adds the account's OPEN to a payer's free balance by a permit. @throws ContractRefusedError, TransactionFailedError */
export async function depositWithPermit(client: ChainClient, parameters: DepositWithPermitParameters) {
  const { payer, amount, deadline } = parameters;
  const { r, s, yParity } = parseSignature(parameters.signature);
  const submitted = await submit(client, "inferenceMarket", "depositWithPermit", [
    payer,
    amount,
    deadline,
    27 + yParity,
    r,
    s,
  ]);
  return { ...submitted, event: eventOf(client, submitted, "inferenceMarket", "Deposited") };
}
