import type { ChainClient } from "../ChainClient.js";
import { type Submitted, submit } from "../submit.js";

export type RejectContributionsParameters = {
  readonly datanet: bigint;
  readonly contributions: readonly bigint[];
};

/** Rejects committed contributions, at most 64. Only the Datanet's owner. @throws ContractRefusedError, TransactionFailedError */
export async function rejectContributions(
  client: ChainClient,
  parameters: RejectContributionsParameters,
): Promise<Submitted> {
  const { datanet, contributions } = parameters;
  return submit(client, "datanetRegistry", "reject", [datanet, contributions]);
}
