import type { Address } from "viem";
import type { ChainClient } from "../ChainClient.js";
import { eventOf, submit } from "../submit.js";

export type AuthorizeSignerParameters = {
  readonly signer: Address;
};

/**
 * Lets somebody sign vouchers in the account's name: it can spend all that the account's channels hold.
 *
 * @throws ContractRefusedError, TransactionFailedError
 */
export async function authorizeSigner(client: ChainClient, parameters: AuthorizeSignerParameters) {
  const submitted = await submit(client, "inferenceMarket", "authorizeSigner", [parameters.signer]);
  return { ...submitted, event: eventOf(client, submitted, "inferenceMarket", "SignerAuthorized") };
}
