import type { ChainClient } from "../ChainClient.js";
import { eventOf, submit } from "../submit.js";
import { LEAF_TREES, type LeafPlace } from "./leafTree.js";

/**
 * Returns the deposit of a demand whose proposal ended before anybody answered.
 *
 * @throws ContractRefusedError, TransactionFailedError
 */
export async function reclaimDeposit(client: ChainClient, { proposal, tree, index }: LeafPlace) {
  const submitted = await submit(client, "attributionOracle", "reclaimDeposit", [proposal, LEAF_TREES[tree], index]);
  return { ...submitted, event: eventOf(client, submitted, "attributionOracle", "DepositReturned") };
}
