import type { ContractFunctionArgs } from "viem";
import type { ContractAbis } from "../actions/contracts.js";
import { LEAF_TREES, type LeafPlace } from "../actions/epoch/leafTree.js";
import type { EpochFile } from "../wire/epochFile.js";
import { creditTree, payoutTree } from "./epochTrees.js";

type RevealName = "revealCredit" | "revealPayout" | "revealAbsence";

/** The answer to a demand, ready to be sent. */
export type LeafReveal = {
  readonly [N in RevealName]: {
    readonly name: N;
    readonly args: ContractFunctionArgs<ContractAbis["attributionOracle"], "nonpayable", N>;
  };
}[RevealName];

/** What answers the demand of a leaf: the leaf with its place, or the tree's count when it has no such leaf. */
export function leafReveal(
  lists: Pick<EpochFile, "stream" | "credits" | "payouts">,
  { proposal, tree, index }: LeafPlace,
): LeafReveal {
  const place = Number(index);
  if (tree === "credits") {
    const credits = creditTree(lists.credits);
    const credit = lists.credits[place];
    if (credit !== undefined) {
      return { name: "revealCredit", args: [proposal, { credit, ...credits.proof(place) }] };
    }
    return { name: "revealAbsence", args: [proposal, LEAF_TREES.credits, index, credits.count, credits.top] };
  }
  const payouts = payoutTree(lists.stream, lists.payouts);
  const payout = lists.payouts[place];
  if (payout !== undefined) return { name: "revealPayout", args: [proposal, { payout, ...payouts.proof(place) }] };
  return { name: "revealAbsence", args: [proposal, LEAF_TREES.payouts, index, payouts.count, payouts.top] };
}
