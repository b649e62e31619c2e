import type { ChainClient } from "../ChainClient.js";
import { eventOf, submit } from "../submit.js";
import { type ModelRegistration, wholeRegistration } from "./ModelRegistration.js";

export type RegisterBaseParameters = {
  readonly registration: ModelRegistration;
};

/** Registers a base model owned by the account. @throws ContractRefusedError, TransactionFailedError */
export async function registerBase(client: ChainClient, parameters: RegisterBaseParameters) {
  const { registration } = parameters;
  const submitted = await submit(client, "modelRegistry", "registerBase", [wholeRegistration(registration)]);
  return { ...submitted, event: eventOf(client, submitted, "modelRegistry", "ModelRegistered") };
}
