import type { ChainClient } from "../ChainClient.js";
import { eventOf, submit } from "../submit.js";
import { LEAF_TREES, type LeafPlace } from "./leafTree.js";

/**
 * Cancels a proposal of which a leaf was not revealed in time; deposit and bounty go to who demanded it.
 *
 * @throws ContractRefusedError, TransactionFailedError
 */
export async function expireDemand(client: ChainClient, { proposal, tree, index }: LeafPlace) {
  const submitted = await submit(client, "attributionOracle", "expireDemand", [proposal, LEAF_TREES[tree], index]);
  return { ...submitted, event: eventOf(client, submitted, "attributionOracle", "EpochRefuted") };
}
