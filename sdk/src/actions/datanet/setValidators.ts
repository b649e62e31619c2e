import type { Address } from "viem";
import type { ChainClient } from "../ChainClient.js";
import { type Submitted, submit } from "../submit.js";

export type SetValidatorsParameters = {
  readonly datanet: bigint;
  readonly added?: readonly Address[];
  readonly removed?: readonly Address[];
};

/** Changes which validators a Datanet admits, at most 64 at a time. Only the Datanet's owner. @throws ContractRefusedError, TransactionFailedError */
export async function setValidators(client: ChainClient, parameters: SetValidatorsParameters): Promise<Submitted> {
  const { datanet, added = [], removed = [] } = parameters;
  return submit(client, "datanetValidators", "setValidators", [datanet, added, removed]);
}
