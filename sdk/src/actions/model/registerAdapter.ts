import type { ChainClient } from "../ChainClient.js";
import { eventOf, submit } from "../submit.js";
import { type ModelRegistration, wholeRegistration } from "./ModelRegistration.js";

export type RegisterAdapterParameters = {
  readonly base: bigint;
  readonly registration: ModelRegistration;
  readonly versions: readonly { readonly datanet: bigint; readonly version: number }[];
};

/** Registers an adapter over a base, trained on Datanet versions, ascending. @throws ContractRefusedError, TransactionFailedError */
export async function registerAdapter(client: ChainClient, parameters: RegisterAdapterParameters) {
  const { base, registration, versions } = parameters;
  const submitted = await submit(client, "modelRegistry", "registerAdapter", [
    base,
    wholeRegistration(registration),
    versions,
  ]);
  return { ...submitted, event: eventOf(client, submitted, "modelRegistry", "ModelRegistered") };
}
