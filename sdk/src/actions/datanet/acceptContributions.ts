import type { Contribution } from "../../hash/contributionDigest.js";
import type { ChainClient } from "../ChainClient.js";
import { type Submitted, submit } from "../submit.js";

export type AcceptContributionsParameters = {
  readonly datanet: bigint;
  /** As `contribute` returned them, or `readContributions` finds them. */
  readonly contributions: readonly Contribution[];
};

/**
 * Accepts undecided contributions in the order given, at most 64. Only the Datanet's owner, where it decides.
 *
 * @throws ContractRefusedError, TransactionFailedError
 */
export async function acceptContributions(
  client: ChainClient,
  parameters: AcceptContributionsParameters,
): Promise<Submitted> {
  const { datanet, contributions } = parameters;
  return submit(client, "contributionRegistry", "accept", [datanet, contributions]);
}
