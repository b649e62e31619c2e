import type { ChainClient } from "../ChainClient.js";
import { type Submitted, submit } from "../submit.js";

export type AcceptContributionsParameters = {
  readonly datanet: bigint;
  readonly contributions: readonly bigint[];
};

/** Accepts committed contributions in the order given, at most 64. Only the Datanet's owner. @throws ContractRefusedError, TransactionFailedError */
export async function acceptContributions(
  client: ChainClient,
  parameters: AcceptContributionsParameters,
): Promise<Submitted> {
  const { datanet, contributions } = parameters;
  return submit(client, "datanetRegistry", "accept", [datanet, contributions]);
}
