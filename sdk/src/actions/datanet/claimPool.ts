import type { ChainClient } from "../ChainClient.js";
import type { ClaimParameters } from "../rewards/claim.js";
import { eventOf, submit } from "../submit.js";

export type ClaimPoolParameters = Omit<ClaimParameters, "account"> & { readonly datanet: bigint };

/**
 * Claims what a Datanet's pool earned in a stream: the curation part for its validators, the rest to its owner's credit.
 * Anyone may.
 *
 * @throws ContractRefusedError, TransactionFailedError
 */
export async function claimPool(client: ChainClient, leaf: ClaimPoolParameters) {
  const { stream, root, index, count, datanet, cumulative, runningSum, siblings } = leaf;
  const args = [stream, root, index, count, datanet, cumulative, runningSum, siblings] as const;
  const submitted = await submit(client, "datanetRegistry", "claimPool", args);
  return { ...submitted, event: eventOf(client, submitted, "datanetRegistry", "PoolClaimed") };
}
