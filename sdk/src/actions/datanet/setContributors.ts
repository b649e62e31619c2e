import type { Address } from "viem";
import type { ChainClient } from "../ChainClient.js";
import { type Submitted, submit } from "../submit.js";

export type SetContributorsParameters = {
  readonly datanet: bigint;
  readonly added?: readonly Address[];
  readonly removed?: readonly Address[];
};

/** Changes who may contribute where access is private, at most 64 at a time. Only the Datanet's owner. @throws ContractRefusedError, TransactionFailedError */
export async function setContributors(client: ChainClient, parameters: SetContributorsParameters): Promise<Submitted> {
  const { datanet, added = [], removed = [] } = parameters;
  return submit(client, "datanetRegistry", "setContributors", [datanet, added, removed]);
}
