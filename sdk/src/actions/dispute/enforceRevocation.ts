import type { ChainClient } from "../ChainClient.js";
import { eventOf, submit } from "../submit.js";
import type { DisputedContribution } from "./fileContributionDispute.js";

export type EnforceRevocationParameters = { readonly dispute: bigint; readonly contribution: DisputedContribution };

/** Revokes what a dispute was upheld over. @throws ContractRefusedError, TransactionFailedError */
export async function enforceRevocation(client: ChainClient, { dispute, contribution }: EnforceRevocationParameters) {
  const submitted = await submit(client, "disputeManager", "enforceRevocation", [dispute, contribution]);
  return { ...submitted, event: eventOf(client, submitted, "disputeManager", "VerdictEnforced") };
}
