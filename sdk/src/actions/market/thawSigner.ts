import type { Address } from "viem";
import type { ChainClient } from "../ChainClient.js";
import { eventOf, submit } from "../submit.js";

export type ThawSignerParameters = {
  readonly signer: Address;
};

/** Starts the removal of one of the account's signers. @throws ContractRefusedError, TransactionFailedError */
export async function thawSigner(client: ChainClient, parameters: ThawSignerParameters) {
  const submitted = await submit(client, "inferenceMarket", "thawSigner", [parameters.signer]);
  return { ...submitted, event: eventOf(client, submitted, "inferenceMarket", "SignerThawStarted") };
}
