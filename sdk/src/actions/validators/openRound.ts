import type { Contribution } from "../../hash/contributionDigest.js";
import type { ChainClient } from "../ChainClient.js";
import { eventOf, submit } from "../submit.js";

/**
 * Opens a round in which validators score undecided contributions of one Datanet made under the same rules, at most 64. Only
 * the Datanet's owner or one of its validators.
 *
 * @param contributions Their order is that of the scores.
 * @throws ContractRefusedError, TransactionFailedError
 */
export async function openRound(client: ChainClient, contributions: readonly Contribution[]) {
  const submitted = await submit(client, "datanetValidators", "openRound", [contributions]);
  return { ...submitted, event: eventOf(client, submitted, "datanetValidators", "RoundOpened") };
}
