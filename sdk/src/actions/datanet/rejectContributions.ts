import type { Contribution } from "../../hash/contributionDigest.js";
import type { ChainClient } from "../ChainClient.js";
import { type Submitted, submit } from "../submit.js";

export type RejectContributionsParameters = {
  readonly datanet: bigint;
  /** As `contribute` returned them, or `readContributions` finds them. */
  readonly contributions: readonly Contribution[];
};

/**
 * Rejects undecided contributions, at most 64; their fees go back. Only the Datanet's owner, where it decides.
 *
 * @throws ContractRefusedError, TransactionFailedError
 */
export async function rejectContributions(
  client: ChainClient,
  parameters: RejectContributionsParameters,
): Promise<Submitted> {
  const { datanet, contributions } = parameters;
  return submit(client, "contributionRegistry", "reject", [datanet, contributions]);
}
