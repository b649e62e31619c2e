import type { ChainReader } from "../ChainClient.js";
import { contractAbis } from "../contracts.js";
import { LEAF_TREES, type LeafPlace } from "./leafTree.js";

/** What became of the demand of a leaf; `state` 0 when nobody demanded it, 1 while it waits. */
export function readDemand(reader: ChainReader, { proposal, tree, index }: LeafPlace) {
  return reader.publicClient.readContract({
    address: reader.deployment.addresses.attributionOracle,
    abi: contractAbis.attributionOracle,
    functionName: "demandOf",
    args: [proposal, LEAF_TREES[tree], index],
  });
}
