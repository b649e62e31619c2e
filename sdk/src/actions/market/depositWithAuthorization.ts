import { type Address, type Hex, parseSignature } from "viem";
import type { ChainClient } from "../ChainClient.js";
import { eventOf, submit } from "../submit.js";

export type DepositWithAuthorizationParameters = {
  readonly payer: Address;
  readonly amount: bigint;
  /** The authorisation counts after the first and before the second of these seconds. */
  readonly validAfter: bigint;
  readonly validBefore: bigint;
  readonly nonce: Hex;
  /** The payer's ERC-3009 `ReceiveWithAuthorization` to the market, 65 bytes. */
  readonly signature: Hex;
};

/** Carries a payer's authorisation: its OPEN goes to its own free balance. @throws ContractRefusedError, TransactionFailedError */
export async function depositWithAuthorization(client: ChainClient, parameters: DepositWithAuthorizationParameters) {
  const { payer, amount, validAfter, validBefore, nonce } = parameters;
  const { r, s, yParity } = parseSignature(parameters.signature);
  const submitted = await submit(client, "inferenceMarket", "depositWithAuthorization", [
    payer,
    amount,
    validAfter,
    validBefore,
    nonce,
    27 + yParity,
    r,
    s,
  ]);
  return { ...submitted, event: eventOf(client, submitted, "inferenceMarket", "Deposited") };
}
