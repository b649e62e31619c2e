import type { ChainClient } from "../ChainClient.js";
import { eventOf, submit } from "../submit.js";
import { LEAF_TREES, type LeafPlace } from "./leafTree.js";

/**
 * Demands a leaf of a pending proposal. The oracle contract must be approved for the deposit, which goes to whoever reveals
 * the leaf, and comes back with half of the bond when nobody does.
 *
 * @throws ContractRefusedError, TransactionFailedError
 */
export async function demandLeaf(client: ChainClient, { proposal, tree, index }: LeafPlace) {
  const submitted = await submit(client, "attributionOracle", "demandLeaf", [proposal, LEAF_TREES[tree], index]);
  return { ...submitted, event: eventOf(client, submitted, "attributionOracle", "LeafDemanded") };
}
