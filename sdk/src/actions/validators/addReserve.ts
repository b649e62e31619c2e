import type { ChainClient } from "../ChainClient.js";
import { eventOf, submit } from "../submit.js";

export type AddReserveParameters = {
  readonly datanet: bigint;
  /** Base units; approved to the validators contract before. */
  readonly amount: bigint;
};

/** Adds OPEN to what a Datanet's validators are rewarded from. @throws ContractRefusedError, TransactionFailedError */
export async function addReserve(client: ChainClient, parameters: AddReserveParameters) {
  const { datanet, amount } = parameters;
  const submitted = await submit(client, "datanetValidators", "addReserve", [datanet, amount]);
  return { ...submitted, event: eventOf(client, submitted, "datanetValidators", "ReserveAdded") };
}
