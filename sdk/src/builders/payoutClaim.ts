import type { Address, Hex } from "viem";
import type { Payout } from "../hash/types.js";
import type { MerkleTree } from "../merkle/MerkleTree.js";
import type { EpochFile } from "../wire/epochFile.js";
import { payoutTree } from "./epochTrees.js";

/** The arguments of the distributor's `claim`. */
export type PayoutClaim = {
  readonly stream: bigint;
  readonly root: Hex;
  readonly index: bigint;
  readonly count: bigint;
  readonly account: Address;
  readonly cumulative: bigint;
  readonly runningSum: bigint;
  readonly siblings: readonly Hex[];
};

/** A tree serves every claim of its list: it is built once for each. */
const trees = new WeakMap<readonly Payout[], { readonly stream: bigint; readonly tree: MerkleTree }>();

/** The tree of a file's pay-outs, built once for each list. */
export function keptPayoutTree({ stream, payouts }: Pick<EpochFile, "stream" | "payouts">): MerkleTree {
  const known = trees.get(payouts);
  if (known?.stream === stream) return known.tree;
  const tree = payoutTree(stream, payouts);
  trees.set(payouts, { stream, tree });
  return tree;
}

/** What an account claims by an epoch's pay-out tree; undefined when the tree does not hold it. */
export function payoutClaim(file: Pick<EpochFile, "stream" | "payouts">, account: Address): PayoutClaim | undefined {
  const place = file.payouts.findIndex((payout) => payout.account.toLowerCase() === account.toLowerCase());
  const payout = file.payouts[place];
  if (payout === undefined) return undefined;
  const tree = keptPayoutTree(file);
  return { stream: file.stream, root: tree.root, ...tree.proof(place), ...payout };
}
