import type { RangeClaim } from "../../builders/rangeClaim.js";
import type { ChainClient } from "../ChainClient.js";
import { submit } from "../submit.js";

/**
 * Pays the accounts of neighbouring leaves what is new for each. Anyone may send it; pools and accounts with nothing new are
 * passed over.
 *
 * @throws ContractRefusedError, TransactionFailedError
 */
export async function claimRange(client: ChainClient, range: RangeClaim) {
  const { stream, root, firstIndex, count, leaves, siblings } = range;
  return submit(client, "rewardDistributor", "claimRange", [stream, root, firstIndex, count, leaves, siblings]);
}
